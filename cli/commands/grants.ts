import type { Command } from 'commander';
import { CommandError } from '../commandError.ts';
import { contextOf, type Register } from '../context.ts';
import { show } from '../output.ts';

interface GrantOptions {
  readonly label: string;
  readonly cidr: string;
  readonly expires?: string;
}

/** `gatehouse grant NAME --label me --cidr auto --expires 8h` */
export const registerGrant: Register = (program, io) => {
  program
    .command('grant')
    .description("let an address into the API servers of an environment's clusters")
    .argument('<name>')
    .requiredOption('--label <label>', 'what the grant is called; the same label replaces it')
    .option('--cidr <range>', 'who is let in; auto: the address that the app sees you come from', 'auto')
    .option(
      '--expires <when>',
      'a span such as 8h, 30m or 2d, or a time such as 2030-01-31T18:00:00Z; for good without it',
    )
    .action(async (name: string, { label, cidr, expires }: GrantOptions, command: Command) => {
      const { api, format } = contextOf(command, io);
      // A local app's time is another than ours: it is asked before a span is counted from it.
      await api.show(name);
      const until = expires === undefined ? undefined : timeOf(expires, api.now());
      const answer = await api.grant(name, label, { cidr, ...(until !== undefined && { expires: until }) });
      show(io, format, answer, () => {
        const end = until === undefined ? 'until it is revoked' : `until ${until}`;
        return `${label} is let in ${end}; the API servers take some minutes to follow.\n`;
      });
    });
};

/** `gatehouse revoke NAME LABEL` */
export const registerRevoke: Register = (program, io) => {
  program
    .command('revoke')
    .description('take a grant back')
    .argument('<name>')
    .argument('<label>')
    .action(async (name: string, label: string, _options, command: Command) => {
      const { api, format } = contextOf(command, io);
      const answer = await api.revoke(name, label);
      show(io, format, answer, () => `${label} is let in no longer; the API servers take some minutes to follow.\n`);
    });
};

const seconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** @param now epoch ms @returns ISO 8601, UTC. @throws CommandError for what is neither a span nor a time */
function timeOf(text: string, now: number): string {
  const [, amount, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const perUnit = seconds[unit];
  if (amount !== undefined && perUnit !== undefined) {
    return new Date(now + Number(amount) * perUnit * 1000).toISOString();
  }
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  const [, unknown] = /^\d+ ?([a-z]+)$/i.exec(text) ?? [];
  throw new CommandError(
    unknown === undefined
      ? `--expires: "${text}" is no time`
      : `--expires: "${text}" has a unit or length that no grant has`,
    'Give minutes, hours or days, such as 30m, 8h or 2d, or a time such as 2030-01-31T18:00:00Z',
  );
}
