import { newLaneState } from '../../orchestrations/graphStart.ts';
import type { LaneState } from '../../orchestrations/laneState.ts';
import { afterWork } from '../../orchestrations/laneTransitions.ts';
import type { StepRecord } from '../../orchestrations/stepRecord.ts';
import { articleSpec } from '../support/spec.ts';

export const now = '2026-03-01T12:00:00.000Z';
export const later = '2026-03-01T12:30:00.000Z';
export const problem = { code: 'Unexpected', message: 'No.', remedy: 'Ask.' } as const;
export const fresh: LaneState = { ...newLaneState(articleSpec()), since: now };

export const retry = (id: string) => ({ kind: 'retry', id, time: now });
export const deletion = (id: string, force = false) => ({ kind: 'delete', id, time: now, force });
export const all = (state: LaneState, change: Partial<StepRecord>): StepRecord[] =>
  state.records.map((record) => ({ ...record, ...change }));
export const only = (state: LaneState, name: string, change: Partial<StepRecord>): StepRecord[] =>
  state.records.map((record) => (record.name === name ? { ...record, ...change } : record));

export const ready = afterWork(fresh, all(fresh, { state: 'done' }), [], later);
export const failed = afterWork(fresh, only(fresh, 'preflight', { state: 'failed', problem }), [], later);
