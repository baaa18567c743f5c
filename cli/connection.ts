import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Connection } from './apiClient.ts';
import { CommandError } from './commandError.ts';
import { entraCredentials } from './entra.ts';
import type { Io } from './io.ts';
import { readProfiles, type Profile } from './profiles.ts';

/** The options by which every command is told which app is meant. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly key?: string;
  readonly profile?: string;
}

const LOCAL_API = 'http://127.0.0.1:7071/api';

/** Where the app that runs on this machine says how it is reached; `npm start` writes it. */
const LOCAL_APP_FILE = 'app.json';

/**
 * The app that a command talks to: the one of --url, else of --profile, else of `GATEHOUSE_URL`, else of the current profile, else
 * the one that runs on this machine from this folder or one above it.
 *
 * @throws CommandError for a profile that there is not
 */
export function connectionOf(options: ConnectionOptions, io: Io): Connection {
  const { api, ...credentials } = chosen(options, io);
  const key = options.key ?? credentials.key ?? io.env['GATEHOUSE_KEY'];
  // Whatever a header can't hold fails as if nobody answered, with the key in the message.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(
      'The key has characters in it that no key has',
      'Copy it again, without spaces or line ends',
    );
  }
  return {
    api: api.replace(/\/+$/, ''),
    credentials:
      options.key === undefined && credentials.entra !== undefined
        ? entraCredentials(credentials.entra)
        : () => Promise.resolve(key === undefined ? {} : { 'x-functions-key': key }),
  };
}

interface Chosen {
  readonly api: string;
  readonly key?: string;
  readonly entra?: string;
}

function chosen({ url, profile: asked }: ConnectionOptions, io: Io): Chosen {
  if (url !== undefined) return { api: checked(url) };
  const wanted = asked ?? (io.env['GATEHOUSE_URL'] === undefined ? io.env['GATEHOUSE_PROFILE'] : undefined);
  if (wanted === undefined && io.env['GATEHOUSE_URL'] !== undefined) return { api: checked(io.env['GATEHOUSE_URL']) };
  const { current, profiles } = readProfiles(io);
  const name = wanted ?? current;
  if (name === undefined) return localApp(io.directory) ?? { api: LOCAL_API };
  const found = profiles[name];
  if (found !== undefined) return ofProfile(name, found, io);
  const known = Object.keys(profiles).join(', ');
  throw new CommandError(
    `There is no profile "${name}"${known === '' ? '' : `; there are ${known}`}`,
    `Set it with: ${io.command} profile set ${name} --url URL`,
  );
}

function ofProfile(name: string, { url, key, keyFrom, entra }: Profile, { env }: Io): Chosen {
  const fromEnvironment = keyFrom === undefined ? undefined : env[keyFrom];
  if (keyFrom !== undefined && fromEnvironment === undefined) {
    throw new CommandError(`The profile ${name} takes its key from ${keyFrom}, which is not set`, `Set ${keyFrom}`);
  }
  const opens = fromEnvironment ?? key;
  return { api: url, ...(opens !== undefined && { key: opens }), ...(entra !== undefined && { entra }) };
}

/** What runs on this machine, from the folder that a command is given in upwards; undefined where nothing does. */
function localApp(directory: string): Chosen | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = readLocalApp(join(folder, '.gatehouse', LOCAL_APP_FILE));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

function readLocalApp(path: string): Chosen | undefined {
  try {
    const { api, key } = JSON.parse(readFileSync(path, 'utf8')) as { readonly api: string; readonly key: string };
    return { api, key };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new CommandError(`${path} can't be read: ${(error as Error).message}`, 'Start the local app again', {
      cause: error,
    });
  }
}

function checked(url: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && ['http:', 'https:'].includes(parsed.protocol)) return url;
  throw new CommandError(`"${url}" is no address of an app`, 'Give one such as https://NAME.azurewebsites.net/api');
}
