import { environmentState } from '../../orchestrations/environmentState.ts';
import { applySignals } from '../../orchestrations/laneSignals.ts';
import { all, deletion, failed, fresh, later, only, problem, ready, retry } from './laneScene.ts';

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
