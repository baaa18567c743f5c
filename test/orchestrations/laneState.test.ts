import {
  afterFailure,
  afterWork,
  applySignals,
  environmentState,
  isSettled,
  migrateLaneState,
  newLaneState,
  stepsOf,
  type LaneState,
} from '../../orchestrations/laneState.ts';
import { laneStatus } from '../../orchestrations/laneStatus.ts';
import type { StepRecord } from '../../orchestrations/stepRecord.ts';
import { articleSpec } from '../support/spec.ts';

const now = '2026-03-01T12:00:00.000Z';
const later = '2026-03-01T12:30:00.000Z';
const problem = { code: 'Unexpected', message: 'No.', remedy: 'Ask.' } as const;
const fresh: LaneState = { ...newLaneState(articleSpec()), since: now };

const retry = (id: string) => ({ kind: 'retry', id, time: now });
const deletion = (id: string, force = false) => ({ kind: 'delete', id, time: now, force });
const all = (state: LaneState, change: Partial<StepRecord>): StepRecord[] =>
  state.records.map((record) => ({ ...record, ...change }));
const only = (state: LaneState, name: string, change: Partial<StepRecord>): StepRecord[] =>
  state.records.map((record) => (record.name === name ? { ...record, ...change } : record));

const ready = afterWork(fresh, all(fresh, { state: 'done' }), [], later);
const failed = afterWork(fresh, only(fresh, 'preflight', { state: 'failed', problem }), [], later);

describe('work', () => {
  test('goes on while any step can move', () => {
    const state = afterWork(fresh, only(fresh, 'preflight', { state: 'done' }), [], later);
    expect(environmentState(state)).toBe('provisioning');
    expect(state.since).toBe(now);
  });

  test('ends ready when every step is done, and remembers since when', () => {
    expect(environmentState(ready)).toBe('ready');
    expect(ready).toMatchObject({ since: later, readyAt: later });
  });

  test('ends failed when everything left stands behind a failed step', () => {
    expect(environmentState(failed)).toBe('failed');
    expect(failed.phase).toBe('waiting');
  });

  test('does not end while something still runs beside a failed step', () => {
    const records = only(fresh, 'routeTable', { state: 'failed', problem }).map((record) =>
      record.name === 'firewall' ? { ...record, state: 'running' as const } : record,
    );
    expect(isSettled(records, stepsOf(fresh))).toBe(false);
  });

  test('that broke off in the app itself waits for a retry, which goes on', () => {
    const broken = afterFailure(fresh, problem, [], later);
    expect(environmentState(broken)).toBe('failed');
    expect(laneStatus({ ...broken, since: later }).findings[0]?.message).toContain('No.');
    const retried = applySignals(broken, [retry('1')], later);
    expect(environmentState(retried)).toBe('provisioning');
    expect(retried.problem).toBeUndefined();
  });
});

describe('signals', () => {
  test('retry makes failed steps pending again', () => {
    const state = applySignals(failed, [retry('1')], later);
    expect(environmentState(state)).toBe('provisioning');
    expect(state.records.every((record) => record.state === 'pending')).toBe(true);
  });

  test('retry changes nothing where nothing has failed', () => {
    expect(applySignals(ready, [retry('1')], later)).toEqual({ ...ready, appliedSignals: ['1'] });
  });

  test('delete turns to the teardown graph, from any state', () => {
    for (const state of [fresh, ready, failed]) {
      const deleting = applySignals(state, [deletion('1')], later);
      expect(environmentState(deleting)).toBe('deleting');
      expect(deleting.graph).toBe('teardown');
      expect(deleting.records.every((record) => record.state === 'pending')).toBe(true);
    }
  });

  test('a second delete with force looks at everything again and stops waiting', () => {
    const deleting = applySignals(ready, [deletion('1')], later);
    const halfway = { ...deleting, records: only(deleting, 'cluster', { state: 'done' }) };
    const forced = applySignals(halfway, [deletion('2', true)], later);
    expect(forced).toMatchObject({ force: true, graph: 'teardown', records: deleting.records });
  });

  test('one that is heard twice is applied once', () => {
    const once = applySignals(ready, [deletion('1')], later);
    const worked = { ...once, records: all(once, { state: 'failed', problem }), phase: 'waiting' as const };
    expect(applySignals(worked, [deletion('1')], later)).toEqual(worked);
  });

  test('an unreadable one is reported and changes nothing else', () => {
    const state = applySignals(ready, [{ kind: 'open-sesame' }], later);
    expect(state).toEqual({ ...ready, findings: state.findings });
    expect(state.findings).toMatchObject([{ severity: 'warning', message: expect.stringContaining('kind') }]);
  });
});

test('the end of the teardown graph is the end of the environment', () => {
  const deleting = applySignals(ready, [deletion('1')], later);
  const gone = afterWork(deleting, all(deleting, { state: 'done' }), [], later);
  expect(environmentState(gone)).toBe('deleted');
});

test('a state that a newer version wrote is refused instead of guessed at', () => {
  expect(() => migrateLaneState({ ...fresh, schema: 2 })).toThrow('schema 2');
});
