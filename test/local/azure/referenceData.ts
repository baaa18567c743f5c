import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env['GATEHOUSE_REFERENCE_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');

/** `describe`, or a skipped one with a loud word about it when the reference data isn't on this machine. */
export function describeWithReferenceData(path: string, name: string, tests: () => void): void {
  if (existsSync(join(root, path))) return describe(name, tests);
  // jest shows no console output of a file in which every test is skipped.
  process.stderr.write(`SKIPPED "${name}": no reference data at ${join(root, path)}; set GATEHOUSE_REFERENCE_DATA.\n`);
  describe.skip(name, tests);
}

/** The records of a JSON-lines file of the reference data; none when it isn't there. */
export function referenceRecords<Record>(path: string): readonly Record[] {
  const file = join(root, path);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record);
}

/** The names of the files in a folder of the reference data. */
export function referenceFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).toSorted();
}

/** A JSON file of the reference data; undefined when it isn't there. */
export function referenceJson(path: string): unknown {
  const file = join(root, path);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined;
}
