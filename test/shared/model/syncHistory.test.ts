import { withSync, type SyncRecord } from '../../../shared/model/syncHistory.ts';

const quiet = {
  result: 'done',
  created: 0,
  updated: 0,
  deleted: 0,
  drift: 0,
  repaired: 0,
  held: 0,
  wrote: false,
} as const;
const after = (...syncs: readonly Omit<SyncRecord, 'looks' | 'since'>[]) =>
  syncs.reduce<readonly SyncRecord[]>((history, sync) => withSync(history, sync), []);
const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

test('syncs that come to nothing are counted together, whatever comes between starts anew', () => {
  const history = after(
    { ...quiet, time: at(1) },
    { ...quiet, time: at(3) },
    { ...quiet, time: at(5) },
    { ...quiet, time: at(6), created: 1, wrote: true },
    { ...quiet, time: at(7), created: 1, wrote: true },
    { ...quiet, time: at(9) },
  );
  expect(history.map(({ time, since, looks, created }) => [time, since, looks, created])).toEqual([
    [at(9), undefined, 1, 0],
    [at(7), undefined, 1, 1],
    [at(6), undefined, 1, 1],
    [at(5), at(1), 3, 0],
  ]);
});

test('what differs in what it found is not the same, nor is another failure', () => {
  const failed = { ...quiet, result: 'failed' } as const;
  const history = after(
    { ...quiet, time: at(1), drift: 1 },
    { ...quiet, time: at(2) },
    { ...failed, time: at(3), problem: 'a' },
    { ...failed, time: at(4), problem: 'a' },
    { ...failed, time: at(5), problem: 'b' },
  );
  expect(history.map(({ looks }) => looks)).toEqual([1, 2, 1, 1]);
});

test('it stays short, in entries and in words', () => {
  const history = after(
    ...Array.from({ length: 50 }, (_, minute) => ({
      ...quiet,
      time: at(minute),
      wrote: true,
      problem: 'x'.repeat(5000),
    })),
  );
  expect(history).toHaveLength(20);
  expect(history[0]).toMatchObject({ time: at(49), problem: 'x'.repeat(300) });
  expect(JSON.stringify(history).length).toBeLessThan(12_000);
});
