/** Which rows of a long list are drawn, and how much room the others take. */
export interface ListWindow {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
  /** Pixels above the first one. */
  readonly offset: number;
  /** Pixels of all of them. */
  readonly height: number;
}

/** Rows drawn above and below what is seen, so that a fast scroll shows no gap. */
const OVERSCAN = 8;

/** @param scrolled pixels that are scrolled past @param seen pixels that are seen */
export function listWindow(count: number, rowHeight: number, scrolled: number, seen: number): ListWindow {
  const first = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight) - OVERSCAN));
  const end = Math.min(count, Math.ceil((scrolled + seen) / rowHeight) + OVERSCAN);
  return { first, end: Math.max(first, end), offset: first * rowHeight, height: count * rowHeight };
}
