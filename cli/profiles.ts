import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { CommandError } from './commandError.ts';
import type { Io } from './io.ts';

const profile = z.strictObject({
  /** With the prefix: `https://NAME.azurewebsites.net/api`. */
  url: z.url({ protocol: /^https?$/ }),
  /** A function key. */
  key: z.string().exactOptional(),
  /** The environment variable that holds the key, for those who keep none in a file. */
  keyFrom: z.string().exactOptional(),
  /** Signs in with Entra: the scope of the app's registration, `api://…/.default`. */
  entra: z.string().exactOptional(),
});

const file = z.strictObject({
  current: z.string().exactOptional(),
  profiles: z.record(z.string(), profile).default({}),
});

/** An app that somebody works with. */
export type Profile = z.infer<typeof profile>;

/** The apps that somebody works with, by the names that he gives them. */
export type Profiles = z.infer<typeof file>;

/** `GATEHOUSE_CONFIG`, else `gatehouse/config.yaml` in the folder that the system keeps for settings. */
export function profilesPath({ env }: Pick<Io, 'env'>): string {
  const given = env['GATEHOUSE_CONFIG'];
  if (given !== undefined && given !== '') return given;
  const folder = env['XDG_CONFIG_HOME'] || env['APPDATA'] || join(env['HOME'] ?? homedir(), '.config');
  return join(folder, 'gatehouse', 'config.yaml');
}

/** @returns none where there is no file. @throws CommandError for one that can't be read, by the field */
export function readProfiles(io: Pick<Io, 'env'>): Profiles {
  const path = profilesPath(io);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { profiles: {} };
    throw new CommandError(
      `${path} can't be read: ${(error as Error).message}`,
      'Set GATEHOUSE_CONFIG to another file.',
    );
  }
  const read = file.safeParse(parsedYaml(text, path));
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path: field, message }) => `\n  ${field.join('.')}: ${message}`).join('');
  throw new CommandError(
    `${path} is not as it should be:${wrong}`,
    'Correct it, or remove it and set the profiles again',
  );
}

/** Only its owner may read the file: there may be keys in it. */
export function writeProfiles(io: Pick<Io, 'env'>, profiles: Profiles): void {
  const path = profilesPath(io);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stringify(profiles), { mode: 0o600 });
  chmodSync(path, 0o600);
}

function parsedYaml(text: string, path: string): unknown {
  try {
    return parse(text) ?? {};
  } catch (error) {
    throw new CommandError(`${path} is no YAML: ${(error as Error).message}`, 'Correct it, or remove it', {
      cause: error,
    });
  }
}
