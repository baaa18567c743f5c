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
  const height = count * rowHeight;
  // A list that has become short is told so before it is scrolled back.
  const top = Math.min(scrolled, Math.max(0, height - seen));
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const end = Math.min(count, Math.ceil((top + seen) / rowHeight) + OVERSCAN);
  return { first, end, offset: first * rowHeight, height };
}
