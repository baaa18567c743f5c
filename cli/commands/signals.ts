import type { Command } from 'commander';
import { counted } from '../../shared/model/sentences.ts';
import { CommandError } from '../commandError.ts';
import { confirmed, contextOf, type Register } from '../context.ts';
import { show } from '../output.ts';

/** `gatehouse sync NAME` */
export const registerSync: Register = (program, io) => {
  program
    .command('sync')
    .description('look at services, firewall and network now')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const { api, format } = contextOf(command, io);
      const answer = await api.sync(name);
      show(io, format, answer, () => `${name} looks now. See what it finds with: ${io.command} status ${name}\n`);
    });
};

/** `gatehouse retry NAME` */
export const registerRetry: Register = (program, io) => {
  program
    .command('retry')
    .description('go on where an environment failed; build again what is gone from one')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const { api, format } = contextOf(command, io);
      const { state, sync } = await api.show(name);
      const answer = await api.retry(name);
      show(io, format, answer, () =>
        state === 'ready' && sync?.lastResult !== 'failed'
          ? `Nothing of ${name} has failed; what is gone is built again. See: ${io.command} status ${name}\n`
          : `${name} goes on. Follow it with: ${io.command} status ${name} --watch\n`,
      );
    });
};

interface ApproveOptions {
  readonly plan?: string;
  readonly yes?: boolean;
}

/** `gatehouse approve NAME`: exactly the deletions that were shown, and no others. */
export const registerApprove: Register = (program, io, done) => {
  program
    .command('approve')
    .description('release deletions that are held')
    .argument('<name>')
    .option('--plan <hash>', 'the plan that is meant; it is refused where another one is held by now')
    .option('-y, --yes', 'do it without asking')
    .action(async (name: string, { plan, yes }: ApproveOptions, command: Command) => {
      const { api, format } = contextOf(command, io);
      const { held } = await api.services(name);
      if (held === undefined) throw new CommandError(`Nothing is held in ${name}`);
      if (format === 'table') {
        io.write(`${held.reason}\n${held.rules.map((rule) => `  ${io.style('red', '-')} ${rule}\n`).join('')}`);
      }
      if (!(await confirmed(io, `Delete ${counted(held.rules.length, 'rule')}?`, yes))) {
        io.note('Nothing was done.');
        return done(1);
      }
      const answer = await api.approve(name, plan ?? held.hash);
      show(io, format, answer, () => 'They go with the next write.\n');
    });
};
