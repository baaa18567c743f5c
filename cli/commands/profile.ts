import type { Command } from 'commander';
import { CommandError } from '../commandError.ts';
import { contextOf, type GlobalOptions, type Register } from '../context.ts';
import type { Io } from '../io.ts';
import { show, table } from '../output.ts';
import { profilesPath, readProfiles, writeProfiles, type Profile } from '../profiles.ts';

interface SetOptions {
  readonly keyFrom?: string;
  readonly entra?: string;
}

/** `gatehouse profile`: the apps that somebody works with. */
export const registerProfile: Register = (program, io) => {
  const profile = program.command('profile').description('keep the addresses of apps, and choose one');

  profile
    .command('set')
    .description('keep an app under a name, and choose it; takes --url and --key')
    .argument('<name>')
    .option('--key-from <variable>', 'the environment variable that holds the function key')
    .option('--entra <scope>', 'sign in with Entra: the scope of the app, api://…/.default')
    .action((name: string, { keyFrom, entra }: SetOptions, command: Command) => {
      const { url, key } = command.optsWithGlobals<GlobalOptions>();
      if (url === undefined) throw new CommandError('The profile needs an address', 'Give it with --url');
      // Judged here, as it would be when it is read.
      contextOf(command, { ...io, env: { ...io.env, GATEHOUSE_PROFILE: undefined } });
      const kept: Profile = {
        url,
        ...(key !== undefined && { key }),
        ...(keyFrom !== undefined && { keyFrom }),
        ...(entra !== undefined && { entra }),
      };
      const { profiles } = readProfiles(io);
      writeProfiles(io, { current: name, profiles: { ...profiles, [name]: kept } });
      io.write(`${name} is kept in ${profilesPath(io)}, and chosen.\n`);
    });

  profile
    .command('use')
    .description('choose the app that commands talk to')
    .argument('<name>')
    .action((name: string) => {
      const known = readProfiles(io);
      mustExist(name, known.profiles, io);
      writeProfiles(io, { ...known, current: name });
      io.write(`Commands talk to ${name} from now on.\n`);
    });

  profile
    .command('list')
    .description('list the apps that are kept; never with their keys')
    .action((_options, command: Command) => {
      const { current, profiles } = readProfiles(io);
      const shown = Object.entries(profiles).map(([name, { url, key, keyFrom, entra }]) => ({
        name,
        url,
        opens: entra ?? keyFrom ?? (key === undefined ? 'nothing' : 'a key'),
        current: name === current,
      }));
      show(io, command.optsWithGlobals<GlobalOptions>().output, shown, () =>
        table(
          ['', 'NAME', 'URL', 'OPENED BY'],
          shown.map((one) => [one.current ? '*' : '', one.name, one.url, one.opens]),
        ),
      );
    });

  profile
    .command('remove')
    .description('forget an app')
    .argument('<name>')
    .action((name: string) => {
      const { current, profiles } = readProfiles(io);
      mustExist(name, profiles, io);
      const { [name]: _gone, ...rest } = profiles;
      writeProfiles(io, { ...(current !== undefined && current !== name && { current }), profiles: rest });
      io.write(`${name} is forgotten.\n`);
    });
};

function mustExist(name: string, profiles: Readonly<Record<string, Profile>>, { command }: Io): void {
  if (profiles[name] !== undefined) return;
  const known = Object.keys(profiles);
  throw new CommandError(
    `There is no profile "${name}"`,
    known.length === 0 ? `Set one with: ${command} profile set NAME --url URL` : `There are ${known.join(', ')}`,
  );
}
