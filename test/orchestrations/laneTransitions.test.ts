import { environmentState } from '../../orchestrations/environmentState.ts';
import { applySignals } from '../../orchestrations/laneSignals.ts';
import { stepsOf } from '../../orchestrations/laneState.ts';
import { laneStatus } from '../../orchestrations/laneStatus.ts';
import { afterFailure, afterWork } from '../../orchestrations/laneTransitions.ts';
import { isSettled } from '../../orchestrations/stepRecords.ts';
import { all, deletion, failed, fresh, later, now, only, problem, ready, retry } from './laneScene.ts';

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

test('the end of the teardown graph is the end of the environment', () => {
  const deleting = applySignals(ready, [deletion('1')], later);
  const gone = afterWork(deleting, all(deleting, { state: 'done' }), [], later);
  expect(environmentState(gone)).toBe('deleted');
});
