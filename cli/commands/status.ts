import type { Command } from 'commander';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { contextOf, type ExitCode, type Register } from '../context.ts';
import type { Io } from '../io.ts';
import { age, show, span, table } from '../output.ts';
import { follow } from '../watch.ts';

type Style = Io['style'];

/** `gatehouse list` */
export const registerList: Register = (program, io) => {
  program
    .command('list')
    .alias('ls')
    .description('list the environments')
    .action(async (_options, command: Command) => {
      const { api, format } = contextOf(command, io);
      const { environments } = await api.list();
      show(io, format, environments, () =>
        environments.length === 0
          ? 'There are no environments. Start one with: gatehouse init shop && gatehouse up -f shop.yaml\n'
          : table(
              ['NAME', 'STATE', 'LOCATION', 'AGE'],
              environments.map(({ name, state, location = '', createdAt, detail, remedy }) => [
                name,
                stateCell(state, io.style),
                location,
                detail === undefined ? age(createdAt, api.now()) : `${detail} ${remedy ?? ''}`,
              ]),
            ),
      );
    });
};

/** `gatehouse status NAME` */
export const registerStatus: Register = (program, io, done) => {
  program
    .command('status')
    .description('show how an environment is')
    .argument('<name>')
    .option('-w, --watch', 'follow it until nothing of it is under way')
    .action(async (name: string, { watch }: { readonly watch?: boolean }, command: Command) => {
      const context = contextOf(command, io);
      const { api, format } = context;
      const drawsProgress = watch === true && format === 'table';
      const environment = drawsProgress ? await follow(name, context) : await api.show(name);
      const line = drawsProgress ? '\n' : '';
      show(io, format, environment, () => line + drawEnvironment(environment, api.now(), io.style));
      done(exitCodeOf(environment));
    });
};

const exitCodeOf = ({ state }: EnvironmentAnswer): ExitCode => (state === 'failed' ? 1 : 0);

const colours: Readonly<Record<string, Parameters<Style>[0]>> = {
  ready: 'green',
  failed: 'red',
  unreadable: 'red',
  provisioning: 'cyan',
  deleting: 'yellow',
  releasing: 'yellow',
};

function stateCell(state: string, style: Style) {
  const colour = colours[state];
  return { text: state, styled: colour === undefined ? state : style(colour, state) };
}

/** An environment for people: its state, what it holds, and what there is to know. Ends in a newline. */
export function drawEnvironment(environment: EnvironmentAnswer, now: number, style: Style): string {
  const { name, state, since, spec, counts, steps, access, findings } = environment;
  const facts: [string, string][] = [
    ['State', `${stateCell(state, style).styled} for ${age(since, now)}`],
    ['Where', `${spec.location}, subscription ${spec.subscription}`],
    ...(counts === undefined || state === 'ready'
      ? []
      : [['Steps', `${counts.stepsDone} of ${counts.stepsTotal} done`] as [string, string]]),
    ['Published', counted(counts?.publications ?? 0, 'service port')],
    ...syncFacts(environment, now),
    ...(access === undefined ? [] : [['Access', accessText(access, now)] as [string, string]]),
  ];
  const failed = steps.filter((step) => step.state === 'failed');
  return [
    style('bold', name),
    ...facts.map(([title, text]) => `  ${title.padEnd(10)} ${text}`),
    ...failed.flatMap(({ title, name: step, problem }) => [
      '',
      `  ${style('red', `✖ ${title ?? step}`)}: ${problem?.message ?? ''}`,
      `    ${problem?.remedy ?? ''}`,
      `    Then go on with: gatehouse retry ${name}`,
    ]),
    ...heldLines(environment, style),
    ...(findings.length === 0 ? [] : ['', '  Findings, newest first:']),
    ...findings.map(
      ({ time, severity, message }) => `    ${age(time, now).padStart(6)}  ${severityOf(severity, style)}${message}`,
    ),
    '',
  ].join('\n');
}

function syncFacts({ sync, counts }: EnvironmentAnswer, now: number): [string, string][] {
  if (sync === undefined || counts === undefined) return [];
  const last = sync.lastTime === undefined ? 'none yet' : `${sync.lastResult} ${age(sync.lastTime, now)} ago`;
  const running = sync.running ? ', one is running' : '';
  const { skipped = 0, conflicts = 0, drift = [] } = sync.report ?? {};
  const open = [
    ...(skipped > 0 ? [counted(skipped, 'port') + ' skipped'] : []),
    ...(conflicts > 0 ? [counted(conflicts, 'conflict')] : []),
    ...(drift.length > 0 ? [counted(drift.length, 'difference')] : []),
  ];
  return [
    ['Last sync', `${last}${running}${open.length === 0 ? '' : ` (${open.join(', ')})`}`],
    [
      'So far',
      [
        counted(counts.syncs, 'sync'),
        counted(counts.driftRepairs, 'repair'),
        counted(counts.firewallWrites, 'firewall write'),
      ].join(', '),
    ],
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function accessText({ grants, clusters, ...of }: NonNullable<EnvironmentAnswer['access']>, now: number): string {
  const each = grants.map(({ label, cidr, expires }) => {
    const left = expires === undefined ? '' : `, ${span((Date.parse(expires) - now) / 1000)} left`;
    return `${label} ${cidr}${left}`;
  });
  const open = (clusters ?? [of]).flatMap((one) => {
    const where = 'cluster' in one ? ` of ${one.cluster}` : '';
    const problem = one.problem === undefined ? [] : [`${one.problem.message} ${one.problem.remedy}`];
    return [
      ...(one.ranges === undefined ? [] : [`${counted(one.ranges.length, 'range')} let into the API server${where}`]),
      ...problem,
    ];
  });
  return [...open, ...each].join('; ');
}

function heldLines({ name, sync }: EnvironmentAnswer, style: Style): readonly string[] {
  const held = sync?.report?.held;
  if (held === undefined) return [];
  return [
    '',
    `  ${style('yellow', `! ${held.rules} deletions are held`)}: ${held.reason}`,
    `    Look at them with: gatehouse services ${name}; release them with: gatehouse approve ${name}`,
  ];
}

const severityOf = (severity: string, style: Style): string =>
  severity === 'error' ? style('red', 'error  ') : severity === 'warning' ? style('yellow', 'warning ') : '';
