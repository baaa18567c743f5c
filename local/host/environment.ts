/**
 * Sets environment variables that are not set yet.
 *
 * @returns takes them back, unless somebody has changed them since.
 */
export function addToEnvironment(values: Readonly<Record<string, string>>): () => void {
  const added = Object.entries(values).filter(([name]) => process.env[name] === undefined);
  for (const [name, value] of added) process.env[name] = value;
  return () => {
    for (const [name, value] of added) if (process.env[name] === value) delete process.env[name];
  };
}
