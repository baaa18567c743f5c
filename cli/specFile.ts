import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseSpecText } from '../shared/model/specText.ts';
import { CommandError } from './commandError.ts';
import type { Io } from './io.ts';

/** A spec as somebody has written it; what is wrong with it beyond its name is for the app to tell. */
export interface SpecFile {
  readonly text: string;
  readonly name: string;
}

/**
 * Reads a spec, JSON or YAML.
 *
 * @param file `-` reads standard input
 * @throws CommandError for a file that can't be read, or holds no spec
 */
export async function readSpecFile(file: string, io: Io): Promise<SpecFile> {
  const text = file === '-' ? await io.standardInput() : readText(file, io);
  const parsed = parseSpecText(text, 'application/yaml');
  if (!parsed.ok) {
    const [problem] = parsed.problems;
    throw new CommandError(`${file}: ${problem?.message ?? 'holds no spec'}`, problem?.remedy);
  }
  const spec = parsed.value;
  if (typeof spec === 'object' && spec !== null && 'name' in spec && typeof spec.name === 'string') {
    return { text, name: spec.name };
  }
  throw new CommandError(`${file}: name: the environment has no name`, 'Add a line such as name: shop');
}

function readText(file: string, { directory, command }: Io): string {
  try {
    return readFileSync(resolve(directory, file), 'utf8');
  } catch (error) {
    throw new CommandError(
      `${file} can't be read: ${(error as Error).message}`,
      `Write a spec to start from with: ${command} init`,
      { cause: error },
    );
  }
}
