import type { Action, CallAction, HttpCall, RetryOptions, TimerAction } from './actions.ts';
import { ActionType, retries } from './actions.ts';
import { EventType, toJson } from './history.ts';
import { HTTP_ACTIVITY, nextPoll } from './httpPolling.ts';
import type { Done, TaskContext } from './taskContext.ts';
import { LONG_TIMER_STEP_MS, MAX_SHORT_TIMER_MS } from './timerLimits.ts';

/** What the replay has to know of the app and of the instance. */
export interface ReplayEnvironment {
  /** @returns why nothing of this name can be called, or undefined. */
  readonly whyNotCallable: (kind: 'activity' | 'orchestrator', name: string) => string | undefined;
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  readonly executionId: string;
  /** The version of sub-orchestrations that name none. */
  readonly defaultVersion: string | null;
}

/** An action that can't be started at all; the orchestration fails with its message. */
export class InvalidActionError extends Error {}

/** The actions of one orchestration, replayed one after the other as the extension's OutOfProcOrchestrationShim does. */
export interface ActionReplay {
  /** Starts the first action. To be called when execution starts. */
  start(context: TaskContext): void;
  /** Whether every action has ended. */
  readonly finished: boolean;
  /**
   * Whether JavaScript has gone on while this side still waits for a compound task with retries in it: from here on a
   * retry takes a sequence number that JavaScript has already given to a later task.
   */
  readonly misroutes: boolean;
}

export function replayActions(actions: readonly Action[], environment: ReplayEnvironment): ActionReplay {
  let index = 0;
  let running = false;
  let waiting: Action | undefined;
  return {
    start(context) {
      const startAction = actionStarter(context, environment);
      // A loop rather than recursion: thousands of buffered events may complete action after action at once.
      const run = () => {
        if (running) return;
        running = true;
        while (waiting === undefined && index < actions.length) {
          const action = actions[index++];
          if (action === undefined) break;
          waiting = action;
          startAction(action, () => {
            waiting = undefined;
            run();
          });
        }
        running = false;
      };
      run();
    },
    get finished() {
      return waiting === undefined && index === actions.length;
    },
    get misroutes() {
      return waiting !== undefined && index < actions.length && retries(waiting);
    },
  };
}

function actionStarter(context: TaskContext, environment: ReplayEnvironment) {
  const timer = (fireAtMs: number, done: Done) =>
    context.schedule({ EventType: EventType.timerCreated, FireAt: new Date(fireAtMs).toISOString() }, done);

  const activity = (name: string, input: unknown, done: Done) =>
    void context.schedule({ EventType: EventType.taskScheduled, Name: name, Input: toJson(input) }, done);

  const subOrchestration = (action: CallAction, done: Done) => {
    const same = (id: string | null) => id !== null && action.instanceId?.toLowerCase() === id.toLowerCase();
    if (same(environment.instanceId) || same(environment.parentInstanceId))
      throw new InvalidActionError(
        'The instance ID of a sub-orchestration must be different than the instance ID of a parent orchestration.',
      );
    context.schedule(
      {
        EventType: EventType.subOrchestrationCreated,
        Name: action.functionName,
        InstanceId: action.instanceId ?? `${environment.executionId}:${context.nextId}`,
        Version: action.version ?? environment.defaultVersion,
        Input: toJson(action.input),
      },
      done,
    );
  };

  const call = (action: CallAction, done: Done) => {
    const isActivity =
      action.actionType === ActionType.callActivity || action.actionType === ActionType.callActivityWithRetry;
    const problem = environment.whyNotCallable(isActivity ? 'activity' : 'orchestrator', action.functionName);
    if (problem !== undefined) throw new InvalidActionError(problem);
    if (isActivity) activity(action.functionName, action.input, done);
    else subOrchestration(action, done);
  };

  /** DurableTask.Core's RetryInterceptor, with the timer it creates after the last failure for old histories' sake. */
  const callWithRetry = (action: CallAction, options: RetryOptions, done: Done) => {
    const firstAttemptMs = context.nowMs;
    const attempt = (number: number) => {
      call(action, (succeeded, result) => {
        if (succeeded) return done(true, result);
        const delayMs = retryDelayMs(options, number, context.nowMs - firstAttemptMs);
        if (delayMs === 0) return done(false);
        if (number === options.maxNumberOfAttempts) return void timer(context.nowMs, () => done(false));
        timer(context.nowMs + delayMs, () => attempt(number + 1));
      });
    };
    attempt(1);
  };

  /** Timers of more than six days go in steps of three. */
  const createTimer = (action: TimerAction, done: Done) => {
    const endMs = Date.parse(action.fireAt);
    const nextStep = (limitMs: number) =>
      endMs - context.nowMs > limitMs ? context.nowMs + LONG_TIMER_STEP_MS : endMs;
    const long = endMs - context.nowMs > MAX_SHORT_TIMER_MS;
    const fired: Done = (succeeded) => {
      if (succeeded && long && context.nowMs < endMs) timer(nextStep(LONG_TIMER_STEP_MS), fired);
      else done(succeeded);
    };
    const id = timer(nextStep(MAX_SHORT_TIMER_MS), fired);
    // The extension creates the timer and then cancels it, all before it looks at anything else.
    if (action.isCanceled === true) context.cancel(id);
  };

  /** An answer of 202 is polled at its Location, in steps of a timer and another HTTP activity each. */
  const callHttp = (request: HttpCall, done: Done) => {
    activity(HTTP_ACTIVITY, request, (succeeded, result = null) => {
      const poll = succeeded ? nextPoll(request, result) : undefined;
      if (poll === undefined) done(succeeded, result);
      else timer(context.nowMs + poll.afterMs, () => callHttp(poll.request, done));
    });
  };

  /** Starts every child before it looks at any, as .NET's Task.WhenAll and Task.WhenAny make the extension do. */
  const compound = (children: readonly Action[], needed: number, done: Done) => {
    let ended = 0;
    let started = false;
    let over = false;
    const check = () => {
      if (!started || over || ended < needed) return;
      over = true;
      done(true);
    };
    for (const child of children)
      start(child, () => {
        ended++;
        check();
      });
    started = true;
    check();
  };

  const start = (action: Action, done: Done): void => {
    switch (action.actionType) {
      case ActionType.callActivity:
      case ActionType.callSubOrchestrator:
        return call(action, done);
      case ActionType.callActivityWithRetry:
      case ActionType.callSubOrchestratorWithRetry:
        if (action.retryOptions === undefined) throw new InvalidActionError('A retried call needs retry options.');
        return callWithRetry(action, action.retryOptions, done);
      case ActionType.callHttp:
        return callHttp(action.httpRequest, done);
      case ActionType.createTimer:
        return createTimer(action, done);
      case ActionType.waitForExternalEvent:
        return context.waitForEvent(action.externalEventName, done);
      case ActionType.continueAsNew:
        context.continueAsNew(action.input);
        return done(true);
      case ActionType.whenAll:
        return compound(action.compoundActions, action.compoundActions.length, done);
      case ActionType.whenAny:
        return compound(action.compoundActions, 1, done);
      default:
        throw new InvalidActionError(
          `The local host knows no action of type ${String((action as Action).actionType)}; entities and locks are not supported.`,
        );
    }
  };
  return start;
}

function retryDelayMs(options: RetryOptions, attempt: number, elapsedMs: number): number {
  if (options.retryTimeoutInMilliseconds !== undefined && elapsedMs >= options.retryTimeoutInMilliseconds) return 0;
  const delayMs = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delayMs, options.maxRetryIntervalInMilliseconds ?? MAX_SHORT_TIMER_MS);
}
