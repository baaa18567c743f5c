import type { ReplayEnvironment } from './actionReplay.ts';
import { InvalidActionError, replayActions } from './actionReplay.ts';
import type { OrchestratorState } from './actions.ts';
import type { EventRaised, HistoryEvent, Scheduled } from './history.ts';
import { fromJson, toJson } from './history.ts';
import { NonDeterministicOrchestrationError, TaskContext } from './taskContext.ts';

/** What one turn of an orchestrator comes to. */
export interface TurnResult {
  readonly outcome: TurnOutcome;
  /** What the orchestrator started in this turn. */
  readonly scheduled: readonly Scheduled[];
  /** Undefined where the orchestrator has set none. */
  readonly customStatus: unknown;
  readonly warning?: string;
}

type TurnOutcome =
  | { readonly kind: 'Running' | 'Suspended' }
  | { readonly kind: 'Completed'; readonly output: unknown }
  | { readonly kind: 'Failed'; readonly reason: string }
  | { readonly kind: 'ContinuedAsNew'; readonly input: unknown; readonly carryOver: readonly EventRaised[] };

/** The answer of the orchestrator function, or why there is none. */
export type OrchestratorAnswer = { readonly state: OrchestratorState } | { readonly failure: string };

const MAX_CUSTOM_STATUS_KB = 16;

/**
 * Replays what the orchestrator answered against the history it was shown, as the extension does.
 *
 * An orchestration only ends once every action has ended *and* no task is open: a timer that lost a race and was not
 * cancelled keeps it alive until it fires.
 */
export function evaluateTurn(
  name: string,
  history: readonly HistoryEvent[],
  answer: OrchestratorAnswer,
  environment: ReplayEnvironment,
  timestamp: string,
): TurnResult {
  const failed = (problem: string, customStatus?: unknown): TurnResult => ({
    outcome: { kind: 'Failed', reason: problem },
    scheduled: [],
    customStatus,
  });
  const functionFailed = (problem: string) => `Orchestrator function '${name}' failed: ${problem}`;

  if ('failure' in answer) return failed(functionFailed(answer.failure));
  const { state } = answer;
  const actions = state.actions[0] ?? [];
  const tooLarge = customStatusProblem(state.customStatus);
  if (tooLarge !== undefined) return failed(functionFailed(tooLarge));

  const replay = replayActions(actions, environment);
  const context = new TaskContext((started) => replay.start(started));
  try {
    for (const event of history) context.process(event);
  } catch (error) {
    if (error instanceof NonDeterministicOrchestrationError) return failed(error.message, state.customStatus);
    if (error instanceof InvalidActionError) return failed(functionFailed(error.message), state.customStatus);
    throw error;
  }
  const outcome = ((): TurnOutcome => {
    if (!replay.finished || context.hasOpenTasks) return { kind: context.suspended ? 'Suspended' : 'Running' };
    if (state.error !== undefined && state.error !== '') return { kind: 'Failed', reason: functionFailed(state.error) };
    if (!state.isDone) return { kind: context.suspended ? 'Suspended' : 'Running' };
    if (context.continuedAsNew !== undefined) {
      const { input, carryOver } = context.continuedAsNew;
      return { kind: 'ContinuedAsNew', input: fromJson(toJson(input)), carryOver };
    }
    return { kind: 'Completed', output: state.output ?? null };
  })();
  return {
    outcome,
    scheduled: context.newlyScheduled(timestamp),
    customStatus: state.customStatus,
    ...(replay.misroutes && {
      warning:
        'the orchestrator went on past a failed Task.all whose retries are still running: in Azure the results of later ' +
        'tasks reach the wrong task. Return a result object from the activity, or wrap the retry in a sub-orchestration.',
    }),
  };
}

/** The extension counts whole kilobytes, so that 16 and a half still pass (MessagePayloadDataConverter.Serialize). */
function customStatusProblem(customStatus: unknown): string | undefined {
  const sizeKB = Math.floor((2 * (toJson(customStatus)?.length ?? 0)) / 1024);
  if (sizeKB <= MAX_CUSTOM_STATUS_KB) return undefined;
  return (
    `The UTF-16 size of the JSON-serialized payload must not exceed ${MAX_CUSTOM_STATUS_KB} KB. ` +
    `The current payload size is ${sizeKB.toLocaleString('en')} KB.`
  );
}
