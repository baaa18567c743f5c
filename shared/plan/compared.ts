/** The order of code units, which is the same everywhere; negative when `a` comes first. */
export function compared(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
