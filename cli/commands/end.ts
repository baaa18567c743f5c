import type { Command } from 'commander';
import { CommandError } from '../commandError.ts';
import { contextOf, type Context, type ExitCode, type Register } from '../context.ts';
import { show } from '../output.ts';
import { follow, untilTaken } from '../watch.ts';

interface EndOptions {
  readonly watch?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** `gatehouse down NAME`: deletes what Gatehouse has built. */
export const registerDown: Register = (program, io, done) => {
  program
    .command('down')
    .description('delete an environment: what Gatehouse has built, and nothing else')
    .argument('<name>')
    .option('-w, --watch', 'follow it until it is gone')
    .option('-y, --yes', 'do it without asking')
    .option('--force', 'wait for no operation that is under way')
    .action(async (name: string, { force = false, ...options }: EndOptions, command: Command) => {
      const context = contextOf(command, io);
      const what = `This deletes ${name}: its firewall, its network, its clusters and everything in them.`;
      const end = () => context.api.remove(name, { force });
      done(
        await endOf(
          name,
          { what, end, during: 'deleting', after: 'deleted', told: 'is being deleted' },
          options,
          context,
        ),
      );
    });
};

/** `gatehouse release NAME`: lets it be. */
export const registerRelease: Register = (program, io, done) => {
  program
    .command('release')
    .description('forget an environment, and leave everything in Azure as it is')
    .argument('<name>')
    .option('-w, --watch', 'follow it until it is forgotten')
    .option('-y, --yes', 'do it without asking')
    .action(async (name: string, options: EndOptions, command: Command) => {
      const context = contextOf(command, io);
      const what = `This leaves ${name} as it is: nobody keeps its rules and ranges from then on.`;
      const end = () => context.api.release(name);
      done(
        await endOf(
          name,
          { what, end, during: 'releasing', after: 'released', told: 'is being let go' },
          options,
          context,
        ),
      );
    });
};

interface End {
  readonly what: string;
  readonly end: () => Promise<unknown>;
  readonly during: string;
  readonly after: string;
  /** What is said of it once it has begun. */
  readonly told: string;
}

async function endOf(
  name: string,
  { what, end, during, after, told }: End,
  options: EndOptions,
  context: Context,
): Promise<ExitCode> {
  const { io, format, api } = context;
  await api.show(name);
  if (!(await namedAgain(name, what, options.yes, context))) {
    io.note('Nothing was done.');
    return 1;
  }
  const answer = await end();
  if (options.watch !== true) {
    show(io, format, answer, () => `${name} ${told}. Follow it with: ${io.command} status ${name} --watch\n`);
    return 0;
  }
  await untilTaken(name, context, ({ state }) => [during, after].includes(state));
  const last = await follow(name, context);
  show(io, format, last, () => `\n${name} is ${last.state}.\n`);
  return last.state === after ? 0 : 1;
}

/** Nobody deletes production by a slip of the finger: the name has to be typed. */
async function namedAgain(name: string, what: string, yes: boolean | undefined, { io }: Context): Promise<boolean> {
  if (yes === true) return true;
  if (!io.isTerminal) throw new CommandError('Nobody can be asked here', 'Give --yes where this is meant');
  io.note(what);
  return (await io.ask(`Type ${name} to go on: `)).trim() === name;
}
