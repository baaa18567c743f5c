/** How many hosts of this process rely on a variable that one of them has set. */
const holders = new Map<string, number>();

/**
 * Sets environment variables that are not set yet.
 *
 * @returns takes them back, once nobody else relies on them.
 */
export function addToEnvironment(values: Readonly<Record<string, string>>): () => void {
  const held = Object.keys(values).filter((name) => process.env[name] === undefined || holders.has(name));
  for (const name of held) {
    process.env[name] ??= values[name];
    holders.set(name, (holders.get(name) ?? 0) + 1);
  }
  return () => {
    for (const name of held.splice(0)) {
      const left = (holders.get(name) ?? 1) - 1;
      if (left > 0) {
        holders.set(name, left);
      } else {
        holders.delete(name);
        delete process.env[name];
      }
    }
  };
}
