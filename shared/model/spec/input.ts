/** The list at the path of what a caller sent; empty when there is none. */
export function listAt(input: unknown, path: readonly string[]): readonly unknown[] {
  let current: unknown = input;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return [];
    current = (current as Record<string, unknown>)[key];
  }
  return Array.isArray(current) ? current : [];
}

/** The text under the key, or undefined when there is none. */
export function textAt(item: unknown, key: string): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const value = (item as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : undefined;
}

/** Whether what a caller sent has the field, however deep. */
export function hasField(input: unknown, ...path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, key)) return false;
  return hasField((input as Record<string, unknown>)[key], ...rest);
}
