import type { AppFunction } from '../app.ts';
import type { TypedData } from '../functionsCore.ts';
import { valueOf } from '../invocation.ts';
import { asError } from '../thrown.ts';
import type { OrchestratorState } from './actions.ts';
import { stateInErrorMessage } from './actions.ts';
import type { HistoryEvent } from './history.ts';
import type { ExecutionHead } from './instanceState.ts';
import { ASYNC_HTTP_SLEEP_MS } from './timerLimits.ts';
import type { OrchestratorAnswer } from './turn.ts';

/** Runs a function of the app on its trigger's data. */
export type RunFunction = (
  fn: AppFunction,
  trigger: TypedData,
  triggerMetadata?: Readonly<Record<string, TypedData>>,
) => Promise<TypedData | null | undefined>;

/** Shows an orchestrator its whole history and takes its answer. */
export async function callOrchestrator(
  run: RunFunction,
  fn: AppFunction,
  head: ExecutionHead,
  history: readonly HistoryEvent[],
): Promise<OrchestratorAnswer> {
  try {
    const state = valueOf(await run(fn, { json: JSON.stringify(triggerData(head, history)) }));
    if (isOrchestratorState(state)) return { state };
    return { failure: 'The orchestrator did not answer with its actions. Is it registered with durable-functions?' };
  } catch (error) {
    const { message } = asError(error);
    const state = stateInErrorMessage(message);
    return state === undefined ? { failure: message } : { state };
  }
}

function triggerData(head: ExecutionHead, history: readonly HistoryEvent[]) {
  return {
    history,
    input: head.input,
    instanceId: head.instanceId,
    isReplaying: history.some((event) => event.IsPlayed),
    parentInstanceId: head.parent?.instanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    // The extension's own spelling.
    defaultHttpAsyncRequestSleepTimeMillseconds: ASYNC_HTTP_SLEEP_MS,
  };
}

const isOrchestratorState = (value: unknown): value is OrchestratorState =>
  typeof value === 'object' && value !== null && 'actions' in value && 'isDone' in value;
