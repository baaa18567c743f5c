/** The value that the given share of all lies below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Of each of these shares, as the columns of a table that are eight characters wide. */
export const columns = (values: readonly number[], shares: readonly number[]): string =>
  shares.map((share) => percentile(values, share).toFixed(0).padStart(8)).join(' ');

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? NaN) + (sorted[sorted.length - 1 - middle] ?? NaN)) / 2;
}

/** To so many digits behind the point. */
export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
