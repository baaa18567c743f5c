import type { Command } from 'commander';
import type { EnvironmentAnswer, EnvironmentsAnswer, EnvironmentSummary } from '../../shared/answers.ts';
import { counted, sentences } from '../../shared/model/sentences.ts';
import { contextOf, type ExitCode, type Register } from '../context.ts';
import type { Io } from '../io.ts';
import { age, show, span, table } from '../output.ts';
import { follow, hasEnded } from '../watch.ts';

type Style = Io['style'];
/** How text looks, and what the command is called in it. */
type Look = Pick<Io, 'style' | 'command'>;

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
          ? `There are no environments. Start one with: ${io.command} init shop && ${io.command} up -f shop.yaml\n`
          : drawList(environments, api.now(), io),
      );
    });
};

/** Ends in a newline. */
function drawList(environments: EnvironmentsAnswer['environments'], now: number, { style }: Look): string {
  const rows = environments.map((one) => [
    one.name,
    stateCell(one.state, style),
    one.location ?? '',
    age(one.createdAt, now),
    hasEnded(one) ? '' : (one.publications?.toString() ?? ''),
    notesOf(one),
  ]);
  const notes = rows.some((row) => row.at(-1) !== '') ? ['NOTES'] : [];
  return table(['NAME', 'STATE', 'LOCATION', 'AGE', 'PUBLISHED', ...notes], rows);
}

/** What of an environment wants somebody's attention. */
function notesOf(environment: EnvironmentSummary): string {
  const { held = 0, drift = 0, problems = 0, detail, remedy } = environment;
  if (detail !== undefined) return sentences(detail, remedy);
  if (hasEnded(environment)) return '';
  return [
    ...(held > 0 ? [`${counted(held, 'deletion')} held`] : []),
    ...(drift > 0 ? [counted(drift, 'difference')] : []),
    ...(problems > 0 ? [counted(problems, 'problem')] : []),
  ].join(', ');
}

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
      show(io, format, environment, () => line + drawEnvironment(environment, api.now(), io));
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
export function drawEnvironment(environment: EnvironmentAnswer, now: number, { style, command }: Look): string {
  const { name, state, since, spec, counts, steps, access, findings } = environment;
  const facts: [string, string][] = [
    ['State', `${stateCell(state, style).styled} for ${age(since, now)}`],
    ['Where', `${spec.location}, subscription ${spec.subscription}`],
    ...(counts === undefined || state === 'ready'
      ? []
      : [['Steps', `${counts.stepsDone} of ${counts.stepsTotal} done`] as [string, string]]),
    ...(hasEnded(environment) ? [] : [['Published', publishedText(environment)] as [string, string]]),
    ...syncFacts(environment, now),
    ...(access === undefined ? [] : [['Access', accessText(access, spec, now)] as [string, string]]),
  ];
  const failed = steps.filter((step) => step.state === 'failed');
  return [
    style('bold', name),
    ...facts.map(([title, text]) => `  ${title.padEnd(10)} ${text}`),
    ...failed.flatMap(({ title, name: step, problem }) => [
      '',
      `  ${style('red', `✖ ${title ?? step}`)}: ${problem?.message ?? ''}`,
      `    ${problem?.remedy ?? ''}`,
      `    Then go on with: ${command} retry ${name}`,
    ]),
    ...heldLines(environment, { style, command }),
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

function accessText(
  { grants, clusters, ...of }: NonNullable<EnvironmentAnswer['access']>,
  { access: { developers } }: EnvironmentAnswer['spec'],
  now: number,
): string {
  const bySpec = developers.map(({ label, cidr, expires }) => `${label} ${cidr}${leftOf(expires, now)} (by the spec)`);
  const each = grants.map(({ label, cidr, expires }) => `${label} ${cidr}${leftOf(expires, now)}`);
  const open = (clusters ?? [of]).flatMap((one) => {
    const where = 'cluster' in one ? ` of ${one.cluster}` : '';
    const problem = one.problem === undefined ? [] : [sentences(one.problem.message, one.problem.remedy)];
    return [
      ...(one.ranges === undefined ? [] : [`${counted(one.ranges.length, 'range')} let into the API server${where}`]),
      ...problem,
    ];
  });
  return [...open, ...bySpec, ...each].join('; ');
}

const leftOf = (expires: string | undefined, now: number): string =>
  expires === undefined ? '' : `, ${span((Date.parse(expires) - now) / 1000)} left`;

/** Rules whose deletion is held still lead somewhere, and are counted. */
function publishedText({ counts, sync }: EnvironmentAnswer): string {
  const held = sync?.report?.held?.rules ?? 0;
  return counted(counts?.publications ?? 0, 'service port') + (held === 0 ? '' : `, ${held} of them held for deletion`);
}

/** @param rules of which deletions wait for an approval */
export const heldText = (rules: number): string => `${counted(rules, 'deletion')} ${rules === 1 ? 'is' : 'are'} held`;

function heldLines({ name, sync }: EnvironmentAnswer, { style, command }: Look): readonly string[] {
  const held = sync?.report?.held;
  if (held === undefined) return [];
  return [
    '',
    `  ${style('yellow', `! ${heldText(held.rules)}`)}: ${held.reason}`,
    `    Look at them with: ${command} services ${name}; release them with: ${command} approve ${name}`,
  ];
}

const severityOf = (severity: string, style: Style): string =>
  severity === 'error' ? style('red', 'error  ') : severity === 'warning' ? style('yellow', 'warning ') : '';
