import { afterPoll, afterStart, mayWrite, type StepRecord } from '../../orchestrations/stepRecord.ts';

const now = new Date('2026-03-01T12:00:00.000Z');
const operation = { resourceId: '/subscriptions/s/x', operationUrl: 'https://arm/operations/1?t=2', acceptedAt: '' };
const step = { kind: 'firewall' } as const;
const problem = { code: 'Refused', message: 'No.', remedy: 'Ask.' };
const pending: StepRecord = { name: 'firewall', state: 'pending', writes: 0, attemptWrites: 0, refusals: 0 };
const running: StepRecord = {
  ...pending,
  state: 'running',
  startedAt: now.toISOString(),
  notBefore: now.toISOString(),
  attemptedAt: now.toISOString(),
  operation,
  writes: 1,
  attemptWrites: 1,
};

describe('a started step', () => {
  test('with nothing to write is done at once and has written nothing', () => {
    expect(afterStart(pending, { outcome: 'done', wrote: false }, step, now)).toEqual({
      name: 'firewall',
      state: 'done',
      startedAt: now.toISOString(),
      attemptedAt: now.toISOString(),
      attemptWrites: 0,
      finishedAt: now.toISOString(),
      writes: 0,
      refusals: 0,
    });
  });

  test('whose write was accepted runs, and is first looked at after five seconds', () => {
    const record = afterStart(pending, { outcome: 'started', operation }, step, now);
    expect(record).toMatchObject({ state: 'running', operation, writes: 1, notBefore: '2026-03-01T12:00:05.000Z' });
  });

  test.each([
    [10, '2026-03-01T12:00:10.000Z'],
    [160, '2026-03-01T12:00:15.000Z'],
  ])('is first looked at within 15 s, whatever hint comes (%d s)', (retryAfterSeconds, notBefore) => {
    expect(afterStart(pending, { outcome: 'started', operation, retryAfterSeconds }, step, now).notBefore).toBe(
      notBefore,
    );
  });

  test('that must wait is looked at again in full as late as Azure told', () => {
    const record = afterStart(pending, { outcome: 'wait', seconds: 47, reason: 'throttled', refused: true }, step, now);
    expect(record).toMatchObject({ state: 'pending', notBefore: '2026-03-01T12:00:47.000Z', refusals: 1 });
  });

  test('that is refused again and again fails in the end, with the last reason', () => {
    let record: StepRecord = pending;
    for (let i = 0; i < 60; i++) {
      record = afterStart(record, { outcome: 'wait', seconds: 1, reason: 'ServerTimeout', refused: true }, step, now);
    }
    expect(record.state).toBe('failed');
    expect(record.problem).toMatchObject({
      code: 'RefusedTooOften',
      message: expect.stringContaining('ServerTimeout'),
    });
  });

  test('may wait for the course of things for hours, and not for ever', () => {
    const wait = { outcome: 'wait', seconds: 10, reason: 'Updating', refused: false } as const;
    const first = afterStart(pending, wait, step, now);
    expect(afterStart(first, wait, step, new Date('2026-03-01T14:59:00Z')).state).toBe('pending');
    const late = afterStart(first, wait, step, new Date('2026-03-01T15:01:00Z'));
    expect(late).toMatchObject({ state: 'failed', problem: { code: 'TakesTooLong' } });
  });

  test('may write three times in one attempt', () => {
    expect([0, 2, 3].map((attemptWrites) => mayWrite({ ...pending, attemptWrites }))).toEqual([true, true, false]);
  });
});

describe('a running step', () => {
  test('is looked at again after the hint, at most 15 s later', () => {
    const record = afterPoll(running, { status: 'running', retryAfterSeconds: 40 }, step, now);
    expect(record).toMatchObject({ state: 'running', notBefore: '2026-03-01T12:00:15.000Z' });
  });

  test('whose operation has succeeded is read back before it counts as done', () => {
    const record = afterPoll(running, { status: 'succeeded' }, step, now);
    const { operation: _operation, notBefore: _notBefore, ...rest } = running;
    expect(record).toEqual({ ...rest, state: 'pending' });
  });

  test('whose operation has failed is made again after a while, and forgets what it reported', () => {
    const record = afterPoll(running, { status: 'failed', problem, hopeless: false }, step, now);
    expect(record).toMatchObject({ state: 'pending', rewrite: true, notBefore: '2026-03-01T12:00:30.000Z' });
    expect(record).not.toHaveProperty('operation');
    const again = afterStart(record, { outcome: 'started', operation }, step, now);
    expect(again).not.toHaveProperty('rewrite');
    const last = afterPoll({ ...again, attemptWrites: 3 }, { status: 'failed', problem, hopeless: false }, step, now);
    expect(last).toMatchObject({ state: 'failed', problem });
  });

  test('whose operation could only fail again keeps its problem and forgets the operation', () => {
    const record = afterPoll(running, { status: 'failed', problem, hopeless: true }, step, now);
    expect(record).toMatchObject({ state: 'failed', problem, finishedAt: now.toISOString() });
    expect(record.operation).toBeUndefined();
  });
});

test('a write whose answer was lost counts once it is found done, and stays in doubt until then', () => {
  const lost = { outcome: 'wait', seconds: 10, reason: 'lost', refused: true, unconfirmed: true } as const;
  const doubtful = afterStart(pending, lost, step, now);
  expect(doubtful).toMatchObject({ state: 'pending', unconfirmed: true, writes: 0 });
  const busy = afterStart(doubtful, { outcome: 'wait', seconds: 10, reason: 'Updating', refused: false }, step, now);
  expect(busy).toMatchObject({ unconfirmed: true });
  expect(afterStart(busy, { outcome: 'done', wrote: false }, step, now)).toMatchObject({ state: 'done', writes: 1 });
});

test('refusals without a hint are waited out ever longer, two minutes at the most', () => {
  const waits = [0, 1, 2, 3, 4, 5, 20].map((refusals) => {
    const refusal = { outcome: 'wait', reason: '503', refused: true } as const;
    const { notBefore = '' } = afterStart({ ...pending, refusals }, refusal, step, now);
    return (Date.parse(notBefore) - now.getTime()) / 1000;
  });
  expect(waits).toEqual([10, 20, 40, 80, 120, 120, 120]);
});

test('what takes seconds has a nearer deadline than what takes minutes', () => {
  const later = new Date('2026-03-01T13:01:00Z');
  expect(afterPoll(running, { status: 'running' }, { kind: 'routeTable' }, later).state).toBe('failed');
  expect(afterPoll(running, { status: 'running' }, step, later).state).toBe('running');
});

test('an operation that never ends fails its step after three hours', () => {
  const late = afterPoll(running, { status: 'running' }, step, new Date('2026-03-01T15:01:00Z'));
  expect(late).toMatchObject({ state: 'failed', problem: { code: 'TakesTooLong' } });
});
