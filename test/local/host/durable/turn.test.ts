import type { Action, RetryOptions } from '../../../../local/host/durable/actions.ts';
import type { HistoryEvent, Message } from '../../../../local/host/durable/history.ts';
import { EventType, fromOutside } from '../../../../local/host/durable/history.ts';
import type { TurnResult } from '../../../../local/host/durable/turn.ts';
import { evaluateTurn } from '../../../../local/host/durable/turn.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const iso = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();
const day = 86_400;

/** One turn at a time, as the engine would take them: what a turn schedules is in the history of the next. */
class Orchestration {
  readonly history: HistoryEvent[] = [];
  #seconds = 0;

  /** @param state what the orchestrator answers in this turn. */
  turn(
    actions: Action[],
    messages: Partial<Message>[],
    state: Record<string, unknown> = {},
    seconds = this.#seconds,
  ): TurnResult {
    this.#seconds = seconds;
    const outside = fromOutside(iso(seconds));
    const started: Partial<Message>[] =
      this.history.length > 0
        ? []
        : [{ EventType: EventType.executionStarted, Name: 'test', Version: null, Input: null }];
    this.history.push(
      { ...outside, EventType: EventType.orchestratorStarted },
      ...[...started, ...messages].map((message) => ({ ...outside, ...message }) as Message),
    );
    const result = evaluateTurn(
      'test',
      this.history,
      { state: { isDone: false, actions: [actions], schemaVersion: 2, ...state } },
      {
        whyNotCallable: (_kind, name) => (name === 'nowhere' ? `'${name}' does not exist` : undefined),
        instanceId: 'instance',
        parentInstanceId: 'parent',
        executionId: 'execution',
        defaultVersion: '1.0',
      },
      iso(seconds),
    );
    this.history.push(...result.scheduled);
    return result;
  }
}

const call = (functionName: string, input?: unknown): Action => ({ actionType: 0, functionName, input });
const callWithRetry = (functionName: string, retryOptions: RetryOptions): Action => ({
  actionType: 1,
  functionName,
  retryOptions,
});
const sub = (functionName: string, more: object = {}): Action => ({ actionType: 2, functionName, ...more });
const timer = (seconds: number, isCanceled = false): Action => ({ actionType: 5, fireAt: iso(seconds), isCanceled });
const wait = (externalEventName: string): Action => ({ actionType: 6, externalEventName });
const continueAsNew = (input: unknown): Action => ({ actionType: 4, input });
const any = (...compoundActions: Action[]): Action => ({ actionType: 11, compoundActions });
const all = (...compoundActions: Action[]): Action => ({ actionType: 12, compoundActions });

const completed = (TaskScheduledId: number): Partial<Message> => ({
  EventType: EventType.taskCompleted,
  TaskScheduledId,
  Result: null,
});
const failed = (TaskScheduledId: number): Partial<Message> => ({
  EventType: EventType.taskFailed,
  TaskScheduledId,
  Reason: '',
  Details: '',
});
const fired = (TimerId: number): Partial<Message> => ({ EventType: EventType.timerFired, TimerId, FireAt: '' });
const raised = (Name: string): Partial<Message> => ({ EventType: EventType.eventRaised, Name, Input: 'null' });
const suspended: Partial<Message> = { EventType: EventType.executionSuspended, Reason: null };
const resumed: Partial<Message> = { EventType: EventType.executionResumed, Reason: null };

const scheduledNames = (result: TurnResult) =>
  result.scheduled.map((event) => `${event.EventId} ${'Name' in event ? event.Name : event.FireAt}`);
const kind = (result: TurnResult) => result.outcome.kind;
const done = { isDone: true, output: 'result' };

describe('activities', () => {
  it('are scheduled one after the other, with numbers in the order of starting', () => {
    const run = new Orchestration();
    expect(run.turn([call('a', { x: 1 })], []).scheduled).toEqual([
      {
        EventType: EventType.taskScheduled,
        EventId: 0,
        IsPlayed: false,
        Timestamp: iso(0),
        Name: 'a',
        Input: '{"x":1}',
      },
    ]);
    expect(scheduledNames(run.turn([call('a'), call('b')], [completed(0)]))).toEqual(['1 b']);
    const last = run.turn([call('a'), call('b')], [completed(1)], done);
    expect(last.outcome).toEqual({ kind: 'Completed', output: 'result' });
  });

  it('that fail let the next action start all the same: JavaScript has decided already', () => {
    const run = new Orchestration();
    run.turn([call('a')], []);
    expect(scheduledNames(run.turn([call('a'), call('b')], [failed(0)]))).toEqual(['1 b']);
  });

  it('that do not exist fail the orchestration', () => {
    expect(new Orchestration().turn([call('nowhere')], []).outcome).toEqual({
      kind: 'Failed',
      reason: "Orchestrator function 'test' failed: 'nowhere' does not exist",
    });
  });
});

describe('retries', () => {
  const options = { firstRetryIntervalInMilliseconds: 1000, maxNumberOfAttempts: 3, backoffCoefficient: 2 };

  it('take a timer and another activity per failure, with growing delays', () => {
    const run = new Orchestration();
    const actions = [callWithRetry('a', options)];
    run.turn(actions, []);
    expect(scheduledNames(run.turn(actions, [failed(0)]))).toEqual([`1 ${iso(1)}`]);
    expect(scheduledNames(run.turn(actions, [fired(1)], {}, 1))).toEqual(['2 a']);
    expect(scheduledNames(run.turn(actions, [failed(2)]))).toEqual([`3 ${iso(3)}`]);
  });

  it('end with a timer that is due at once after the last failure, which keeps the numbers in step', () => {
    const run = new Orchestration();
    const actions = [callWithRetry('a', { ...options, maxNumberOfAttempts: 1 })];
    run.turn(actions, []);
    expect(scheduledNames(run.turn(actions, [failed(0)]))).toEqual([`1 ${iso(0)}`]);
    expect(scheduledNames(run.turn([...actions, call('b')], [fired(1)]))).toEqual(['2 b']);
  });

  it('wait no longer than their maximum, and end with their timeout', () => {
    const run = new Orchestration();
    const actions = [
      callWithRetry('a', { ...options, maxRetryIntervalInMilliseconds: 500, retryTimeoutInMilliseconds: 10_000 }),
    ];
    run.turn(actions, []);
    const [delay] = run.turn(actions, [failed(0)]).scheduled;
    expect(delay).toMatchObject({ FireAt: iso(0.5) });
    run.turn(actions, [fired(1)], {}, 10);
    const afterTimeout = run.turn([...actions, call('b')], [failed(2)], {}, 10);
    expect(scheduledNames(afterTimeout)).toEqual(['3 b']);
  });

  it('inside a failed Task.all that JavaScript has left behind are warned about: results will be misrouted', () => {
    const run = new Orchestration();
    const actions = [all(call('a'), callWithRetry('b', options))];
    run.turn(actions, []);
    const result = run.turn([...actions, call('c')], [failed(0)]);
    expect(result.warning).toMatch(/Task\.all whose retries are still running/);
    expect(run.turn([...actions, call('c')], [completed(1)]).warning).toBeUndefined();
  });
});

describe('sub-orchestrations', () => {
  it('get the default version and an id of the execution, unless the call says otherwise', () => {
    const run = new Orchestration();
    const { scheduled } = run.turn([all(sub('child'), sub('child', { instanceId: 'named', version: '0.9' }))], []);
    expect(scheduled).toMatchObject([
      { EventId: 0, InstanceId: 'execution:0', Version: '1.0' },
      { EventId: 1, InstanceId: 'named', Version: '0.9' },
    ]);
  });

  it.each(['instance', 'PARENT'])('must not have the id of their ancestors: %s', (instanceId) => {
    expect(kind(new Orchestration().turn([sub('child', { instanceId })], []))).toBe('Failed');
  });
});

describe('timers', () => {
  it('over six days go in steps of three', () => {
    const run = new Orchestration();
    const actions = [timer(8 * day)];
    const steps = [run.turn(actions, [])];
    for (const [id, days] of [
      [0, 3],
      [1, 6],
    ] as const)
      steps.push(run.turn(actions, [fired(id)], {}, days * day));
    expect(steps.flatMap(scheduledNames)).toEqual([`0 ${iso(3 * day)}`, `1 ${iso(6 * day)}`, `2 ${iso(8 * day)}`]);
    expect(kind(run.turn(actions, [fired(2)], done, 8 * day))).toBe('Completed');
  });

  it('of exactly six days go in one', () => {
    expect(scheduledNames(new Orchestration().turn([timer(6 * day)], []))).toEqual([`0 ${iso(6 * day)}`]);
  });

  it('that are already due are created all the same', () => {
    expect(scheduledNames(new Orchestration().turn([timer(-5)], []))).toEqual([`0 ${iso(-5)}`]);
  });

  it('that lost and were not cancelled keep an ending instance alive until they fire', () => {
    const run = new Orchestration();
    run.turn([any(timer(1), timer(9))], []);
    expect(kind(run.turn([any(timer(1), timer(9))], [fired(0)], done, 1))).toBe('Running');
    expect(kind(run.turn([any(timer(1), timer(9))], [fired(1)], done, 9))).toBe('Completed');
  });

  it('that are cancelled are created, and over at once', () => {
    const run = new Orchestration();
    run.turn([any(timer(1), timer(9))], []);
    expect(kind(run.turn([any(timer(1), timer(9, true))], [fired(0)], done, 1))).toBe('Completed');
  });
});

describe('compound tasks', () => {
  it('start all their children before any is looked at', () => {
    const run = new Orchestration();
    const actions = [any(wait('x'), all(call('a'), call('b')), call('c'))];
    expect(scheduledNames(run.turn(actions, []))).toEqual(['0 a', '1 b', '2 c']);
    expect(scheduledNames(run.turn([...actions, call('d')], [raised('x')]))).toEqual(['3 d']);
  });

  it('end with all, or with any', () => {
    const run = new Orchestration();
    const actions = [all(call('a'), call('b')), any(call('c'), call('d')), call('e')];
    run.turn(actions, []);
    expect(scheduledNames(run.turn(actions, [completed(1)]))).toEqual([]);
    expect(scheduledNames(run.turn(actions, [failed(0)]))).toEqual(['2 c', '3 d']);
    expect(scheduledNames(run.turn(actions, [completed(3)]))).toEqual(['4 e']);
  });

  it('schedule an activity again that was in a Task.any before', () => {
    const run = new Orchestration();
    run.turn([any(call('a'), wait('x'))], []);
    const again = run.turn([any(call('a'), wait('x')), any(call('a'), wait('y'))], [raised('x')]);
    expect(scheduledNames(again)).toEqual(['1 a']);
  });
});

describe('external events', () => {
  it('that come before anybody waits are served in the order of their coming, by names without case', () => {
    const run = new Orchestration();
    run.turn([call('a')], []);
    const result = run.turn([call('a'), wait('X'), wait('x'), call('b')], [raised('x'), raised('x'), completed(0)]);
    expect(scheduledNames(result)).toEqual(['1 b']);
  });

  it('go to the newest of several that wait', () => {
    const run = new Orchestration();
    // The older wait lost its race; the newer one is served first, the older swallows the next event.
    const actions = [any(wait('x'), timer(1)), wait('x'), call('a'), wait('x')];
    run.turn(actions.slice(0, 1), []);
    run.turn(actions.slice(0, 2), [fired(0)], {}, 1);
    expect(scheduledNames(run.turn(actions.slice(0, 3), [raised('x')]))).toEqual(['1 a']);
    const swallowed = run.turn([...actions, call('b')], [raised('x'), completed(1)]);
    expect(scheduledNames(swallowed)).toEqual([]);
  });

  it('may come by the thousands at once', () => {
    const run = new Orchestration();
    const count = 20_000;
    const waits = Array.from({ length: count }, () => wait('x'));
    run.turn([call('a')], []);
    const messages = [...Array.from({ length: count }, () => raised('x')), completed(0)];
    expect(kind(run.turn([call('a'), ...waits], messages, done))).toBe('Completed');
  });
});

describe('continueAsNew', () => {
  it('drops events that were buffered, and carries over those that came after its call', () => {
    const run = new Orchestration();
    const result = run.turn(
      [wait('go'), continueAsNew({ n: 1 })],
      [raised('dropped'), raised('go'), raised('kept'), raised('go')],
      { isDone: true },
    );
    expect(result.outcome).toMatchObject({
      kind: 'ContinuedAsNew',
      input: { n: 1 },
      carryOver: [{ Name: 'kept' }, { Name: 'go' }],
    });
  });

  it('waits for open tasks, and keeps carrying over meanwhile', () => {
    const run = new Orchestration();
    const actions = [any(timer(1), timer(5)), continueAsNew(2)];
    run.turn(actions.slice(0, 1), []);
    expect(kind(run.turn(actions, [fired(0), raised('x')], { isDone: true }, 1))).toBe('Running');
    expect(run.turn(actions, [fired(1)], { isDone: true }, 5).outcome).toMatchObject({
      kind: 'ContinuedAsNew',
      carryOver: [{ Name: 'x' }],
    });
  });

  it('right after a cancelled timer runs ahead: the event that cancelled it comes again', () => {
    const run = new Orchestration();
    run.turn([any(wait('x'), timer(9))], []);
    const result = run.turn([any(wait('x'), timer(9, true)), continueAsNew(1)], [raised('x')], { isDone: true });
    expect(result.outcome).toMatchObject({ kind: 'ContinuedAsNew', carryOver: [{ Name: 'x' }] });
  });

  it('with another yielded task between does not', () => {
    const run = new Orchestration();
    run.turn([any(wait('x'), timer(9))], []);
    const actions = [any(wait('x'), timer(9, true)), timer(2), continueAsNew(1)];
    run.turn(actions.slice(0, 2), [raised('x')], {}, 1);
    expect(run.turn(actions, [fired(1)], { isDone: true }, 2).outcome).toMatchObject({
      kind: 'ContinuedAsNew',
      carryOver: [],
    });
  });
});

describe('suspension', () => {
  it('holds back what came and what would be started, until it is resumed', () => {
    const run = new Orchestration();
    run.turn([wait('x')], []);
    const actions = [wait('x'), call('a')];
    expect(run.turn(actions, [suspended, raised('x')])).toMatchObject({
      outcome: { kind: 'Suspended' },
      scheduled: [],
    });
    expect(scheduledNames(run.turn(actions, [resumed]))).toEqual(['0 a']);
  });

  it('of an instance that has only just begun lets it start nothing', () => {
    const run = new Orchestration();
    expect(run.turn([call('a')], [suspended])).toMatchObject({ outcome: { kind: 'Suspended' }, scheduled: [] });
    expect(scheduledNames(run.turn([call('a')], [resumed]))).toEqual(['0 a']);
  });
});

describe('the end', () => {
  it('fails with the error of the orchestrator, once no task is open', () => {
    const run = new Orchestration();
    run.turn([any(call('a'), call('b'))], []);
    const error = { error: 'gave up' };
    expect(kind(run.turn([any(call('a'), call('b'))], [completed(0)], error))).toBe('Running');
    expect(run.turn([any(call('a'), call('b'))], [completed(1)], error).outcome).toEqual({
      kind: 'Failed',
      reason: "Orchestrator function 'test' failed: gave up",
    });
  });

  it.each([
    [
      'another activity',
      [call('other')],
      /scheduled activity 'a' with sequence number 0, but the current replay scheduled activity 'other'/,
    ],
    ['a timer instead', [timer(1)], /replay scheduled a timer/],
    ['nothing', [], /hasn't \(yet\?\) scheduled it/],
  ])('fails as non-deterministic when the replay brings %s', (_case, actions, reason) => {
    const run = new Orchestration();
    run.turn([call('a')], []);
    expect(run.turn(actions, [completed(0)]).outcome).toMatchObject({
      kind: 'Failed',
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  it('of a custom status over 16 KB of UTF-16 comes at once; the extension counts whole kilobytes', () => {
    const status = (bytes: number) => ({ customStatus: 'x'.repeat(bytes / 2 - 2) });
    expect(kind(new Orchestration().turn([call('a')], [], status(17 * 1024 - 2)))).toBe('Running');
    expect(new Orchestration().turn([call('a')], [], status(17 * 1024)).outcome).toEqual({
      kind: 'Failed',
      reason:
        "Orchestrator function 'test' failed: The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. " +
        'The current payload size is 17 KB.',
    });
  });

  it('comes with an action that the local host does not know', () => {
    const action = { actionType: 7, instanceId: '@entity@key' } as unknown as Action;
    expect(new Orchestration().turn([action], []).outcome).toMatchObject({
      kind: 'Failed',
      reason: expect.stringContaining('entities and locks are not supported') as unknown,
    });
  });
});
