import { afterPoll, afterStart, forRetry, type StepRecord } from '../../orchestrations/stepRecord.ts';

const now = new Date('2026-03-01T12:00:00.000Z');
const operation = { resourceId: '/subscriptions/s/x', operationUrl: 'https://arm/operations/1?t=2', acceptedAt: '' };
const problem = { code: 'Refused', message: 'No.', remedy: 'Ask.' };
const pending: StepRecord = { name: 'firewall', state: 'pending', writes: 0, refusals: 0 };
const running: StepRecord = {
  ...pending,
  state: 'running',
  startedAt: now.toISOString(),
  notBefore: now.toISOString(),
  operation,
  writes: 1,
};

describe('a started step', () => {
  test('with nothing to write is done at once and has written nothing', () => {
    expect(afterStart(pending, { outcome: 'done', wrote: false }, now)).toEqual({
      name: 'firewall',
      state: 'done',
      startedAt: now.toISOString(),
      finishedAt: now.toISOString(),
      writes: 0,
      refusals: 0,
    });
  });

  test('whose write was accepted runs, and is first looked at after five seconds', () => {
    const record = afterStart(pending, { outcome: 'started', operation }, now);
    expect(record).toMatchObject({ state: 'running', operation, writes: 1, notBefore: '2026-03-01T12:00:05.000Z' });
  });

  test.each([
    [10, '2026-03-01T12:00:10.000Z'],
    [160, '2026-03-01T12:00:15.000Z'],
  ])('is first looked at within 15 s, whatever hint comes (%d s)', (retryAfterSeconds, notBefore) => {
    expect(afterStart(pending, { outcome: 'started', operation, retryAfterSeconds }, now).notBefore).toBe(notBefore);
  });

  test('that must wait is looked at again in full as late as Azure told', () => {
    const record = afterStart(pending, { outcome: 'wait', seconds: 47, reason: 'throttled', refused: true }, now);
    expect(record).toMatchObject({ state: 'pending', notBefore: '2026-03-01T12:00:47.000Z', refusals: 1 });
  });

  test('that is refused again and again fails in the end, with the last reason', () => {
    let record: StepRecord = pending;
    for (let i = 0; i < 60; i++) {
      record = afterStart(record, { outcome: 'wait', seconds: 1, reason: 'ServerTimeout', refused: true }, now);
    }
    expect(record.state).toBe('failed');
    expect(record.problem).toMatchObject({
      code: 'RefusedTooOften',
      message: expect.stringContaining('ServerTimeout'),
    });
  });

  test('may wait for the course of things as long as it takes', () => {
    let record: StepRecord = pending;
    for (let i = 0; i < 1000; i++) {
      record = afterStart(record, { outcome: 'wait', seconds: 10, reason: 'Updating', refused: false }, now);
    }
    expect(record.state).toBe('pending');
  });

  test('that still differs after three accepted writes is not written a fourth time', () => {
    const record = afterStart({ ...pending, writes: 3 }, { outcome: 'started', operation }, now);
    expect(record).toMatchObject({ state: 'failed', writes: 3, problem: { code: 'KeepsDiffering' } });
  });
});

describe('a running step', () => {
  test('is looked at again after the hint, at most 15 s later', () => {
    const record = afterPoll(running, { status: 'running', retryAfterSeconds: 40 }, now);
    expect(record).toMatchObject({ state: 'running', notBefore: '2026-03-01T12:00:15.000Z' });
  });

  test('whose operation has succeeded is read back before it counts as done', () => {
    const record = afterPoll(running, { status: 'succeeded' }, now);
    expect(record).toEqual({
      name: 'firewall',
      state: 'pending',
      startedAt: now.toISOString(),
      writes: 1,
      refusals: 0,
    });
  });

  test('whose operation has failed keeps its problem and forgets the operation', () => {
    const record = afterPoll(running, { status: 'failed', problem }, now);
    expect(record).toMatchObject({ state: 'failed', problem, finishedAt: now.toISOString() });
    expect(record.operation).toBeUndefined();
  });
});

test('a retry makes failed steps pending and leaves everything else as it is', () => {
  const done: StepRecord = { ...pending, name: 'publicIp', state: 'done' };
  const failed: StepRecord = { ...running, state: 'failed', problem };
  expect(forRetry([done, failed, { ...running, name: 'cluster' }])).toEqual([
    done,
    pending,
    { ...running, name: 'cluster' },
  ]);
});
