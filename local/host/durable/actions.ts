/**
 * What an orchestrator of `durable-functions` answers: not its next step but every action since its start, which the
 * extension replays (OutOfProcOrchestrationShim). Numbers are those of the extension's `AsyncActionType`.
 */
export const ActionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  callHttp: 8,
  whenAny: 11,
  whenAll: 12,
} as const;

export interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

export interface HttpCall {
  readonly method: string;
  readonly uri: string;
  readonly content?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tokenSource?: unknown;
  readonly asynchronousPatternEnabled?: boolean;
}

export interface CallAction {
  readonly actionType: 0 | 1 | 2 | 3;
  readonly functionName: string;
  readonly input?: unknown;
  readonly instanceId?: string;
  readonly version?: string;
  readonly retryOptions?: RetryOptions;
}

export interface TimerAction {
  readonly actionType: 5;
  /** ISO 8601. */
  readonly fireAt: string;
  readonly isCanceled?: boolean;
}

interface CompoundAction {
  readonly actionType: 11 | 12;
  readonly compoundActions: readonly Action[];
}

export type Action =
  | CallAction
  | TimerAction
  | CompoundAction
  | { readonly actionType: 4; readonly input?: unknown }
  | { readonly actionType: 6; readonly externalEventName: string }
  | { readonly actionType: 8; readonly httpRequest: HttpCall };

/** The answer of one orchestrator invocation. */
export interface OrchestratorState {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
  readonly schemaVersion: number;
}

/** Set off by `durable-functions` in the message of the error of a failed orchestrator, before its state as JSON. */
const STATE_MARKER = '\n\n$OutOfProcData$:';

/** @returns the state that a failed orchestrator's error message carries, if it carries one. */
export function stateInErrorMessage(message: string): OrchestratorState | undefined {
  const start = message.lastIndexOf(STATE_MARKER);
  return start < 0 ? undefined : (JSON.parse(message.slice(start + STATE_MARKER.length)) as OrchestratorState);
}

/** @returns whether an action, or one inside it, retries. */
export function retries(action: Action): boolean {
  if ('compoundActions' in action) return action.compoundActions.some(retries);
  return (
    action.actionType === ActionType.callActivityWithRetry ||
    action.actionType === ActionType.callSubOrchestratorWithRetry
  );
}
