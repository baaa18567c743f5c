let region: HTMLElement | null = null;

/** Where screen readers hear of what changes by itself. */
export const setAnnouncer = (element: HTMLElement | null): void => {
  region = element;
};

/** Says something once, when the reader has time. */
export function announce(text: string): void {
  if (region !== null) region.textContent = text;
}
