import { loadApp, type FunctionApp } from '../../local/host/app.ts';
import { whyNotCallable } from '../../local/host/durable/callable.ts';
import { EventType, fromJson, type HistoryEvent, type Scheduled } from '../../local/host/durable/history.ts';
import { callOrchestrator } from '../../local/host/durable/orchestratorCall.ts';
import { evaluateTurn, type TurnResult } from '../../local/host/durable/turn.ts';
import { compareVersions } from '../../local/host/durable/versions.ts';
import { invoke } from '../../local/host/invocation.ts';
import { readHostSettings } from '../../local/host/settings.ts';
import { differences } from './differences.ts';
import { beginningOf, turnsOf, type Beginning, type RecordedHistory, type RecordedTurn } from './recordedHistory.ts';
import { describeWork, subjectOf } from './scheduledWork.ts';

/** The code that histories are replayed on. */
export interface ReplayedApp {
  readonly app: FunctionApp;
  /** Of host.json: the version of sub-orchestrations that name none. */
  readonly defaultVersion: string | null;
}

export interface ReplayReport {
  /** Why the code can't go on with this history, for people; undefined where it can. */
  readonly failure?: string;
  /** What is another than recorded, and may be: inputs, outputs, newer versions of sub-orchestrations. */
  readonly notes: readonly string[];
}

const quiet = () => undefined;

/** Loads the app as the host does, with the real `@azure/functions` and `durable-functions`. */
export async function loadReplayedApp(entry: string): Promise<ReplayedApp> {
  const directory = process.cwd();
  return {
    app: await loadApp(directory, entry, quiet),
    defaultVersion: readHostSettings(directory, process.env).versions.defaultVersion,
  };
}

/**
 * Replays a history turn by turn, as a host does that takes a running instance over: each turn is shown everything
 * before it as played, and has to start what the recorded turn started, no more and no less, and to end as it ended.
 *
 * Inputs may differ, except for what they are about; that they are JSON is seen by their having come through the
 * functions library. The first turn that goes wrong ends the replay, since what follows would only follow from it.
 *
 * @param title how the history is called in messages
 */
export async function replay(replayed: ReplayedApp, title: string, history: RecordedHistory): Promise<ReplayReport> {
  const beginning = beginningOf(history);
  const turns = turnsOf(history);
  const played: HistoryEvent[] = [];
  const notes: string[] = [];
  for (const [index, turn] of turns.entries()) {
    const before: HistoryEvent[] = [orchestratorStarted(turn), ...turn.shown];
    const result = await takeTurn(replayed, beginning, [...played, ...before], turn.time);
    const where = `${title}, turn ${index + 1} of ${turns.length} (${turn.time})`;
    const isLast = index === turns.length - 1;
    const problem = problemOf(turn, result, isLast ? history.ending.kind : 'Running');
    if (problem !== undefined) return { failure: explained(where, beginning.name, problem), notes };
    notes.push(...notesOf(turn, result, isLast ? history : undefined).map((note) => `${where}: ${note}`));
    played.push(...[...before, ...turn.scheduled, ...turn.closing].map((event) => ({ ...event, IsPlayed: true })));
  }
  return { notes };
}

async function takeTurn(
  { app, defaultVersion }: ReplayedApp,
  { name, version, input, instanceId, executionId, parentInstanceId }: Beginning,
  history: readonly HistoryEvent[],
  time: string,
): Promise<TurnResult> {
  const fn = app.functions.get(name);
  const missing = whyNotCallable(app.functions, 'orchestrator', name);
  const parent =
    parentInstanceId === null ? {} : { parent: { instanceId: parentInstanceId, executionId: '', taskId: 0 } };
  const head = { instanceId, executionId, name, version, input: fromJson(input), createdTime: time, ...parent };
  const answer =
    fn === undefined || missing !== undefined
      ? { failure: missing ?? '' }
      : await callOrchestrator(
          (called, trigger, triggerMetadata = {}) => invoke(app, called, { trigger, triggerMetadata }, quiet),
          fn,
          head,
          history,
        );
  const environment = {
    whyNotCallable: (kind: 'activity' | 'orchestrator', called: string) => whyNotCallable(app.functions, kind, called),
    instanceId,
    parentInstanceId,
    executionId,
    defaultVersion,
  };
  return evaluateTurn(name, history, answer, environment, time);
}

const orchestratorStarted = ({ time }: RecordedTurn): HistoryEvent => ({
  EventType: EventType.orchestratorStarted,
  EventId: -1,
  IsPlayed: false,
  Timestamp: time,
});

/** @returns what is wrong with a turn, line by line; undefined when it is as recorded */
function problemOf(turn: RecordedTurn, result: TurnResult, ending: string): readonly string[] | undefined {
  const { outcome, scheduled } = result;
  const count = Math.max(turn.scheduled.length, scheduled.length);
  const pairs = Array.from({ length: count }, (_, index) => [turn.scheduled[index], scheduled[index]] as const);
  if (outcome.kind === ending && pairs.every(([recorded, now]) => isSame(recorded, now))) return undefined;
  const wrong = pairs.filter(([recorded, now]) => !isSame(recorded, now));
  return [
    ...wrong.flatMap(([recorded, now]) => [
      `  recorded: ${recorded === undefined ? 'nothing' : describeWork(recorded)}`,
      `  now:      ${now === undefined ? 'nothing' : describeWork(now)}`,
    ]),
    ...(outcome.kind === ending ? [] : [`  recorded: ${ended(ending)}`, `  now:      ${ended(outcome.kind)}`]),
    ...(outcome.kind === 'Failed' && ending !== 'Failed' ? [`  since:    ${outcome.reason}`] : []),
  ];
}

const ended = (kind: string) => (kind === 'Running' ? 'it waits' : `it ends: ${kind}`);

function isSame(recorded: Scheduled | undefined, now: Scheduled | undefined): boolean {
  if (recorded === undefined || now === undefined) return recorded === now;
  if (hasNewerVersion(recorded, now))
    return describeWork(recorded) === describeWork({ ...now, Version: recorded.Version });
  return describeWork(recorded) === describeWork(now);
}

/** That is how changes are made: who waits for the older one still gets its result, and the next call is a newer one. */
function hasNewerVersion<Now extends Scheduled>(recorded: Scheduled, now: Now) {
  return (
    recorded.EventType === EventType.subOrchestrationCreated &&
    now.EventType === EventType.subOrchestrationCreated &&
    compareVersions(now.Version, recorded.Version) > 0
  );
}

function notesOf(turn: RecordedTurn, { scheduled, outcome }: TurnResult, ended?: RecordedHistory): string[] {
  const notes = turn.scheduled.flatMap((recorded, index) => {
    const now = scheduled[index];
    if (now === undefined || !('Input' in recorded) || !('Input' in now)) return [];
    const changed = differences(fromJson(recorded.Input), fromJson(now.Input));
    return [
      ...(hasNewerVersion(recorded, now) ? [`starts a newer version: ${describeWork(now)}`] : []),
      ...(changed === '' ? [] : [`input of ${now.Name} ${subjectOf(now)}: ${changed}`]),
    ];
  });
  if (ended === undefined) return notes;
  if (outcome.kind === 'ContinuedAsNew') {
    const changed = differences(ended.ending.input, outcome.input);
    if (changed !== '') notes.push(`input of the next generation: ${changed}`);
  }
  const completed = ended.events.at(-1);
  if (outcome.kind === 'Completed' && completed?.EventType === EventType.executionCompleted) {
    const changed = differences(fromJson(completed.Result), outcome.output);
    if (changed !== '') notes.push(`output: ${changed}`);
  }
  return notes;
}

/** With what to do, which somebody reads who has just broken it. */
function explained(where: string, name: string, problem: readonly string[]): string {
  return [
    `${where}: ${name} no longer does what it did.`,
    ...problem,
    'Instances that are under way when this code is deployed would break off as non-deterministic, or take results for',
    'those of other work. What to do: for provision, sync, teardown and accessPass, give the sub-orchestration a new version',
    '(graphVersion in orchestrations/firewallLane.ts, ACCESS_PASS_VERSION in accessLane.ts) and keep the old code beside it',
    'for context.df.version below that. The shells firewallLane and accessLane yield what they have always yielded: move the',
    'change into a pass or into the pure functions of their states. Never edit the histories of a released version.',
  ].join('\n');
}
