import {
  afterApply,
  afterPlan,
  afterSignals,
  newAccessState,
  nextDue,
  type AccessState,
  type RangesPlanned,
} from '../../orchestrations/accessState.ts';
import type { StepRecord } from '../../orchestrations/stepRecord.ts';
import { articleSpec } from '../support/spec.ts';

const now = '2026-03-01T12:00:00.000Z';
const later = '2026-03-01T13:00:00.000Z';
const problem = { code: 'Broken', message: 'It broke.', remedy: 'Look.' };
const planned: RangesPlanned = { write: true, ownedRanges: ['20.0.0.4/32'], ranges: ['20.0.0.4/32'] };
const fresh = newAccessState(articleSpec(), 'aks-egress');
const applying = afterPlan(fresh, planned, now);
const record = (changes: Partial<StepRecord>): StepRecord[] => applying.records.map((one) => ({ ...one, ...changes }));
const done = record({ state: 'done', writes: 1, attemptWrites: 1 });
const grant = (id: string, label: string, expires?: string) => ({
  kind: 'grant',
  id,
  time: now,
  label,
  cidr: '198.51.100.9/32',
  ...(expires === undefined ? {} : { expires }),
});
const waiting: AccessState = afterApply(applying, done);

test('what is owned is recorded before it is written, and forgotten once it is gone', () => {
  expect(applying).toMatchObject({ phase: 'applying', ownedRanges: ['20.0.0.4/32'], lastLook: { time: now } });
  const removing = afterPlan(
    waiting,
    { write: true, ownedRanges: ['20.0.0.4/32', '198.51.100.9/32'], ranges: ['20.0.0.4/32'] },
    now,
  );
  expect(removing.ownedRanges).toContain('198.51.100.9/32');
  expect(afterApply(removing, done).ownedRanges).toEqual(['20.0.0.4/32']);
});

test('a write that failed is to be made again, until one has been done', () => {
  const failed = afterApply(applying, record({ state: 'failed', problem }));
  expect(failed).toMatchObject({ phase: 'waiting', problem, rewrite: true });
  const again = afterPlan(failed, planned, later);
  expect(again).toMatchObject({ phase: 'applying', rewrite: true });
  expect(afterApply(again, record({ state: 'running' }))).toMatchObject({ phase: 'applying', rewrite: true });
  expect(afterApply(again, done)).not.toHaveProperty('rewrite');
});

test('nothing is written where nothing could be planned, and what is owned stays so', () => {
  const unknown = afterPlan(waiting, { write: false, ownedRanges: waiting.ownedRanges, ranges: [], problem }, later);
  expect(unknown).toMatchObject({ phase: 'waiting', problem, ownedRanges: ['20.0.0.4/32'] });
});

test('what could not be looked at for a reason that passes is looked at again after a minute', () => {
  const failing = { write: false, ownedRanges: [], ranges: [], problem };
  expect(nextDue(afterPlan(waiting, failing, now), new Date(now))).toBeUndefined();
  const passing = afterPlan(waiting, { ...failing, passes: true }, now);
  expect(nextDue(passing, new Date(now))).toEqual(new Date('2026-03-01T12:01:00.000Z'));
  expect(nextDue(afterPlan(passing, planned, now), new Date(now))).toBeUndefined();
});

test('a signal is applied once, whatever its number, and what can not be read changes nothing', () => {
  const granted = afterSignals(waiting, [grant('1', 'ana'), grant('1', 'ana'), 'garbage', null], now);
  expect(granted).toMatchObject({ phase: 'planning', grants: [{ label: 'ana' }] });
  expect(afterSignals({ ...granted, phase: 'waiting' }, [grant('1', 'other')], now).grants).toHaveLength(1);
  const revoked = afterSignals(granted, [{ kind: 'revoke', id: '2', time: now, label: 'ana' }], now);
  expect(revoked).toMatchObject({ grants: [], lookWanted: true });
});

test('a grant that has ended goes, and the ranges are looked at', () => {
  const granted = afterSignals(waiting, [grant('1', 'ana', later), grant('2', 'bob')], now);
  const planned1 = afterPlan(granted, { ...planned, write: false }, now);
  expect(nextDue(planned1, new Date(now))).toEqual(new Date(later));
  expect(afterSignals(planned1, [], now).phase).toBe('waiting');
  expect(afterSignals(planned1, [], later)).toMatchObject({ phase: 'planning', grants: [{ label: 'bob' }] });
  expect(nextDue(afterSignals(planned1, [], later), new Date(later))).toBeUndefined();
});

test('what comes while a write waits is planned before it, and while it runs after it', () => {
  expect(afterSignals(applying, [grant('1', 'ana')], now).phase).toBe('planning');
  const running: AccessState = { ...applying, records: record({ state: 'running', attemptWrites: 1 }) };
  const heard = afterSignals(running, [grant('1', 'ana')], now);
  expect(heard).toMatchObject({ phase: 'applying', lookWanted: true });
  expect(afterSignals(afterApply(heard, done), [], now).phase).toBe('planning');
});

test('the end of the environment ends the lane', () => {
  expect(afterSignals(waiting, [{ kind: 'delete', id: 'end', time: now, force: false }], now).phase).toBe('ended');
});

test('another spec is looked at: its developers are let in, and those that it no longer has are taken out', () => {
  const spec = articleSpec({ access: { developers: [{ label: 'lee', cidr: '198.51.100.8/32' }] } });
  const told = afterSignals(waiting, [{ kind: 'spec', id: 's', time: now, spec }], now);
  expect(told).toMatchObject({ spec, phase: 'planning', ownedRanges: waiting.ownedRanges });
});
