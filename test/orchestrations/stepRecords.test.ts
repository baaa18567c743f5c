import { afterStart, type StepRecord } from '../../orchestrations/stepRecord.ts';
import { alignedRecords, forRetry } from '../../orchestrations/stepRecords.ts';

const time = '2026-03-01T12:00:00.000Z';
const now = new Date(time);
const step = { kind: 'firewall' } as const;
const problem = { code: 'Refused', message: 'No.', remedy: 'Ask.' };
const pending: StepRecord = { name: 'firewall', state: 'pending', writes: 0, attemptWrites: 0, refusals: 0 };
const running: StepRecord = {
  ...pending,
  state: 'running',
  startedAt: time,
  attemptedAt: time,
  operation: { resourceId: '/subscriptions/s/x', operationUrl: 'https://arm/operations/1?t=2', acceptedAt: '' },
  writes: 1,
  attemptWrites: 1,
};

describe('a retry', () => {
  const times = { startedAt: now.toISOString(), finishedAt: now.toISOString() };
  const done: StepRecord = { ...pending, ...times, name: 'publicIp', state: 'done', writes: 1, attemptWrites: 1 };

  test('looks at every step again, since what was done may have gone, and leaves what runs alone', () => {
    const failed: StepRecord = { ...running, state: 'failed', problem, attemptWrites: 3, writes: 3 };
    const cluster: StepRecord = { ...running, name: 'cluster' };
    expect(forRetry([done, failed, cluster])).toEqual([
      { ...pending, ...times, name: 'publicIp', writes: 1 },
      { ...pending, writes: 3 },
      cluster,
    ]);
  });

  test('leaves the times of a step that it finds done', () => {
    const [again] = forRetry([done]);
    const later = new Date('2026-03-02T12:00:00.000Z');
    expect(afterStart(again!, { outcome: 'done', wrote: false }, step, later)).toMatchObject({ ...times, writes: 1 });
  });
});

test('records are those of the graph: a step that a newer version has added begins pending', () => {
  const step = { title: '', after: [], expectedSeconds: 1 };
  const records = alignedRecords(
    [running],
    [
      { ...step, name: 'preflight' },
      { ...step, name: 'firewall' },
    ],
  );
  expect(records).toEqual([{ ...pending, name: 'preflight' }, running]);
});
