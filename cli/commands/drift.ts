import type { Command } from 'commander';
import type { DriftAnswer } from '../../shared/answers.ts';
import { contextOf, type Register } from '../context.ts';
import type { Io } from '../io.ts';
import { age, show } from '../output.ts';

/** `gatehouse drift NAME` */
export const registerDrift: Register = (program, io, done) => {
  program
    .command('drift')
    .description('show every difference between an environment and what it should be')
    .argument('<name>')
    .option('--detailed-exitcode', 'end with 0 where there is none, 1 for an error, 2 where there is one')
    .action(async (name: string, { detailedExitcode }: { readonly detailedExitcode?: boolean }, command: Command) => {
      const { api, format } = contextOf(command, io);
      const drift = await api.drift(name);
      show(io, format, drift, () => drawDrift(name, drift, api.now(), io));
      if (detailedExitcode === true && !drift.inSync) done(2);
    });
};

const value = (json: unknown): string => (json === undefined ? 'nothing' : JSON.stringify(json));

/** Ends in a newline. */
function drawDrift(name: string, { action, findings }: DriftAnswer, now: number, { style, command }: Io): string {
  if (findings.length === 0) return `${name} is as it should be.\n`;
  const drawn = findings.flatMap((finding) => {
    const { check, resource, what, expected, actual, severity, since, cause, reason } = finding;
    const sign = style(severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim', '~');
    const when = since === undefined ? '' : `, for ${age(since, now)}`;
    const who = cause?.caller === undefined ? '' : `, by ${cause.caller}`;
    return [
      `${sign} ${style('bold', what)} (${check}${reason === undefined ? '' : `, because of ${reason}`}${when}${who})`,
      `    of ${resource.slice(resource.lastIndexOf('/providers/') + '/providers/'.length)}`,
      `    is ${value(actual)}, should be ${value(expected)}`,
    ];
  });
  const next =
    action === 'repair'
      ? `The next drift check repairs it; or now: ${command} sync ${name}`
      : 'Nothing is repaired: drift.action is report.';
  return `${[...drawn, '', next].join('\n')}\n`;
}
