import { afterFailure, afterWait, afterWork } from '../../orchestrations/laneTransitions.ts';
import { environmentState } from '../../orchestrations/environmentState.ts';
import { newLaneState } from '../../orchestrations/graphStart.ts';
import type { LaneState } from '../../orchestrations/laneState.ts';
import type { StepRecord } from '../../orchestrations/stepRecord.ts';
import { articleSpec } from '../support/spec.ts';

const now = '2026-03-01T12:00:00.000Z';
const later = '2026-03-01T12:30:00.000Z';
const problem = { code: 'Unexpected', message: 'No.', remedy: 'Ask.' } as const;
const spec = (nodeCount: number, version = '1.33') => articleSpec({ cluster: { nodeCount, version } });
const signal = (id: string, wanted: object) => ({ kind: 'spec', id, time: now, spec: wanted });
const done = ({ records }: LaneState): StepRecord[] => records.map((record) => ({ ...record, state: 'done' }));
const failing = ({ records }: LaneState): StepRecord[] =>
  records.map((record) => (record.name === 'preflight' ? { ...record, state: 'failed', problem } : record));

const fresh: LaneState = { ...newLaneState(spec(3)), since: now, syncWanted: false };
const ready = afterWork(fresh, done(fresh), [], now);

test('a new spec is applied by the steps of the creation, and a sync follows', () => {
  const changed = afterWait(ready, [signal('a', spec(4))], later);
  expect(changed).toMatchObject({ spec: spec(4), previousSpec: spec(3), specChangedAt: later, since: later });
  expect(changed).toMatchObject({ phase: 'working', graph: 'provision', syncWanted: true });
  const applied = afterWork(changed, done(changed), [], later);
  expect(applied).toMatchObject({ graph: 'sync', phase: 'working' });
  expect(applied).not.toHaveProperty('previousSpec');
  expect(applied.findings[0]).toMatchObject({
    severity: 'info',
    message: 'The spec has been applied: cluster.nodeCount.',
  });
});

test('the same spec changes nothing, nor does a signal that comes twice', () => {
  expect(afterWait(ready, [signal('a', spec(3))], later)).toMatchObject({ phase: 'waiting', spec: spec(3) });
  const changed = afterWait(ready, [signal('a', spec(4)), signal('b', spec(3)), signal('a', spec(4))], later);
  expect(changed).toMatchObject({ phase: 'waiting', spec: spec(3) });
});

test('a spec that comes while the lane works is taken up when the graph has come to its end; the last one counts', () => {
  const [first] = done(fresh);
  const working = afterWork(fresh, [first!, ...fresh.records.slice(1)], [signal('a', spec(4))], now);
  expect(working).toMatchObject({ graph: 'provision', spec: spec(3), nextSpec: spec(4) });
  const again = afterWork(working, working.records, [signal('b', spec(5))], now);
  const changed = afterWork(again, done(again), [], later);
  expect(changed).toMatchObject({ spec: spec(5), previousSpec: spec(3), graph: 'provision', phase: 'working' });
  expect(changed).not.toHaveProperty('nextSpec');
});

test('a spec that asks for what can not be is told of, and nothing is changed', () => {
  const refused = afterWait(ready, [signal('a', articleSpec({ location: 'westeurope' }))], later);
  expect(refused).toMatchObject({ phase: 'waiting', spec: spec(3) });
  expect(refused.findings[0]?.message).toMatch(/^A new spec was refused: location: .*environment/);
});

test('where a step fails the environment says so, a retry goes on, and the spec before may come back', () => {
  const changed = afterWait(ready, [signal('a', spec(4, '1.34'))], later);
  const failed = afterWork(changed, failing(changed), [], later);
  expect(environmentState(failed)).toBe('failed');
  expect(failed.findings[0]?.message).toMatch(
    /^The spec could not be applied as a whole \(cluster.nodeCount, cluster.version\)/,
  );
  const retried = afterWait(failed, [{ kind: 'retry', id: 'r', time: later }], later);
  expect(retried).toMatchObject({ phase: 'working', graph: 'provision', spec: spec(4, '1.34'), previousSpec: spec(3) });
  const back = afterWait(failed, [signal('b', spec(3))], later);
  expect(back).toMatchObject({ phase: 'working', spec: spec(3) });
  expect(afterWork(back, done(back), [], later).findings[0]?.message).toBe(
    'The spec has been applied: the spec that was.',
  );
});

test('a lane that broke off in the app itself takes up the spec that waits', () => {
  const broken = afterFailure({ ...fresh, nextSpec: spec(4) }, problem, [], later);
  expect(broken).toMatchObject({ phase: 'working', graph: 'provision', spec: spec(4) });
  expect(broken).not.toHaveProperty('problem');
});

test('a deletion overtakes a spec, whichever comes first', () => {
  const deletion = { kind: 'delete', id: 'd', time: now, force: false };
  expect(afterWait(ready, [signal('a', spec(4)), deletion], later)).toMatchObject({ graph: 'teardown', spec: spec(3) });
  expect(afterWait(ready, [deletion, signal('a', spec(4))], later)).toMatchObject({ graph: 'teardown', spec: spec(3) });
});

test('what is no spec is reported, and a spec of an older version gets the fields that it lacks', () => {
  const ignored = afterWait(ready, [signal('a', { name: 'shop' })], later);
  expect(ignored.findings[0]?.message).toBe('A signal was ignored: spec: is no spec');
  const { drift: _later, ...old } = spec(4);
  expect(afterWait(ready, [signal('b', old)], later).spec).toEqual(spec(4));
});
