import { afterWait, afterWork } from '../../orchestrations/laneTransitions.ts';
import { environmentState, nextDue } from '../../orchestrations/environmentState.ts';
import { newLaneState } from '../../orchestrations/graphStart.ts';
import type { LaneState } from '../../orchestrations/laneState.ts';
import { laneStatus } from '../../orchestrations/laneStatus.ts';
import type { StepRecord } from '../../orchestrations/stepRecord.ts';
import type { SyncReport } from '../../shared/model/syncReport.ts';
import { articleSpec } from '../support/spec.ts';

const times = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:15:00.000Z', '2026-03-01T12:30:00.000Z'] as const;
const [now, later, muchLater] = times;
const report: SyncReport = {
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 2,
  kept: 0,
  skipped: 0,
  conflicts: 0,
  problems: [],
  drift: [],
  causes: [],
  writes: [],
  wrote: false,
  probes: [],
  fingerprints: ['aaaaaaaa'],
};

const done = (state: LaneState, changes: Partial<Record<string, Partial<StepRecord>>> = {}): StepRecord[] =>
  state.records.map((record) => ({ ...record, state: 'done', ...changes[record.name] }));
const sync = (id: string, notBefore?: string) => ({
  kind: 'sync',
  id,
  time: now,
  reason: 'drift',
  ...(notBefore === undefined ? {} : { notBefore }),
});

const fresh: LaneState = { ...newLaneState(articleSpec()), since: now };
const firstSync = afterWork(fresh, done(fresh), [], now);
const ready = afterWork(firstSync, done(firstSync, { observe: { report } }), [], now);
const syncing = afterWait(ready, [sync('1')], now);

test('the first sync follows the creation by itself, and the creation stays to be seen', () => {
  expect(firstSync).toMatchObject({ graph: 'sync', phase: 'working', wroteAt: now });
  expect(environmentState(firstSync)).toBe('ready');
  const status = laneStatus({ ...ready, since: now });
  expect(status.steps.map(({ name }) => name)).toEqual(fresh.records.map(({ name }) => name));
  expect(status.counts).toMatchObject({ syncs: 1, publications: 2, driftRepairs: 0 });
});

test('what only lanes need is not published', () => {
  expect(JSON.stringify(laneStatus({ ...ready, since: now }))).not.toContain('aaaaaaaa');
});

describe('a look that is wanted later', () => {
  const waiting = afterWait(ready, [sync('1', muchLater), sync('2', later)], now);

  test('begins when the first of them is due, and not before', () => {
    expect(waiting).toMatchObject({ phase: 'waiting', lookAt: later });
    expect(nextDue(waiting)).toEqual(new Date(later));
    expect(afterWait(waiting, [], now).phase).toBe('waiting');
    const due = afterWait(waiting, [], later);
    expect(due).toMatchObject({ graph: 'sync', phase: 'working' });
    expect(due).not.toHaveProperty('lookAt');
  });

  test('stays wanted while another sync runs', () => {
    expect(afterWait(waiting, [sync('3')], now)).toMatchObject({ phase: 'working', lookAt: later });
  });
});

describe('drift', () => {
  const found = { ...report, drift: ['routes: a', 'dnatRules: b'], writes: ['routes', 'firewallRules'] as const };

  test('counts as repaired where the step that answers for it has written', () => {
    const state = afterWork(
      syncing,
      done(syncing, {
        observe: { report: found },
        routes: { writes: 1 },
        firewallRules: { report: { ...found, wrote: true }, writes: 1 },
      }),
      [],
      later,
    );
    expect(state.totals.driftRepairs).toBe(2);
    expect(state).toMatchObject({ wroteAt: later, driftSince: {}, lastChange: { time: later } });
    expect(state.findings[0]?.message).toContain('routes: a; dnatRules: b');
  });

  test('that stays is remembered since it was first seen', () => {
    const look = (before: LaneState, time: string, id: string) => {
      const began = afterWait(before, [sync(id)], time);
      return afterWork(began, done(began, { observe: { report: { ...found, writes: [] } } }), [], time);
    };
    const twice = look(look(ready, later, '1'), muchLater, '2');
    expect(twice.driftSince).toEqual({ 'routes: a': later, 'dnatRules: b': later });
    expect(twice.totals.driftRepairs).toBe(0);
    expect(twice.wroteAt).toBe(now);
  });
});

test('a sync that failed leaves the environment ready, with the reason, and the next one begins anew', () => {
  const problem = { code: 'Refused', message: 'No.', remedy: 'Ask.' };
  const failed = afterWork(syncing, done(syncing, { observe: { state: 'failed', problem } }), [], later);
  expect(environmentState(failed)).toBe('ready');
  expect(laneStatus({ ...failed, since: now })).toMatchObject({
    sync: { running: false, lastResult: 'failed' },
    findings: [{ severity: 'error', message: 'No. Ask.' }],
  });
  expect(afterWait(failed, [sync('2')], muchLater).phase).toBe('working');
});

describe('the catalogue that the rules stand by', () => {
  const look = (drift: string[], written: number, changes: Partial<LaneState> = {}) => {
    const state = { ...syncing, catalogue: '2024-01', ...changes };
    const found = { ...report, drift, catalogue: '2030-01' };
    const firewallRules = { writes: written, report: found };
    return afterWork(state, done(state, { observe: { report: found }, firewallRules }), [], later).catalogue;
  };

  test('is the newest one where nothing differs, or nothing any more', () => {
    expect(look([], 0)).toBe('2030-01');
    expect(look(['routes: x'], 0)).toBe('2030-01');
    expect(look(['egressCatalogue: x', 'egressRules: y'], 1)).toBe('2030-01');
  });

  test('stays where it differs and is not written, as somebody wants it or as it has come', () => {
    expect(look(['egressCatalogue: x'], 0)).toBe('2024-01');
    const reporting = { spec: articleSpec({ drift: { action: 'report' } }) };
    expect(look(['egressCatalogue: x'], 1, reporting)).toBe('2024-01');
  });
});
