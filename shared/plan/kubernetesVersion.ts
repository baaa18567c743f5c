/** The minor of `1.33` or `1.33.2`. */
export const minorOf = (version: string): number => partsOf(version)[1] ?? 0;

/** Negative when `a` is older. A version without a patch stands for its newest, so it is as new as any patch of it. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const known = Math.min(left.length, right.length);
  const index = left.slice(0, known).findIndex((part, at) => part !== right[at]);
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

const partsOf = (version: string): readonly number[] => version.split('.').map(Number);
