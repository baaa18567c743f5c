import { loadApp, type FunctionApp } from '../../local/host/app.ts';
import { whyNotCallable } from '../../local/host/durable/callable.ts';
import { EventType, fromJson, type HistoryEvent } from '../../local/host/durable/history.ts';
import { callOrchestrator } from '../../local/host/durable/orchestratorCall.ts';
import { evaluateTurn, type TurnResult } from '../../local/host/durable/turn.ts';
import { invoke } from '../../local/host/invocation.ts';
import { readHostSettings } from '../../local/host/settings.ts';
import { beginningOf, turnsOf, type Beginning, type RecordedHistory, type RecordedTurn } from './recordedHistory.ts';
import { notesOf, problemOf } from './turnComparison.ts';

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

/** With what to do, which somebody reads who has just broken it. */
function explained(where: string, name: string, problem: readonly string[]): string {
  return [
    `${where}: ${name} no longer does what it did.`,
    ...problem,
    'Instances that are under way when this code is deployed would break off as non-deterministic, or take results for',
    'those of other work. What to do: for provision, sync, teardown and accessPass, give the sub-orchestration a new version',
    '(graphVersion in orchestrations/firewallLane.ts, ACCESS_PASS_VERSION in accessLane.ts; defaultVersion in host.json and',
    'infra/host.scheduler.json has to be as high, or hosts leave it alone) and keep the old code beside it for context.df.version below that. The shells firewallLane and accessLane yield what they have always yielded: move the',
    'change into a pass or into the pure functions of their states. Never edit the histories of a released version.',
  ].join('\n');
}
