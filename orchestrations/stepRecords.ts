import type { StepName } from '../shared/model/step.ts';
import type { Step } from '../shared/plan/step.ts';
import type { StepRecord } from './stepRecord.ts';

const newRecord = (name: StepName): StepRecord => ({
  name,
  state: 'pending',
  writes: 0,
  attemptWrites: 0,
  refusals: 0,
});

/** Fresh records for a graph. */
export const newRecords = (steps: readonly Step[]): StepRecord[] => steps.map(({ name }) => newRecord(name));

/** Records for just these steps, in their order: those known, and fresh ones for steps that a newer version has added. */
export const alignedRecords = (records: readonly StepRecord[], steps: readonly Step[]): StepRecord[] =>
  steps.map(({ name }) => records.find((record) => record.name === name) ?? newRecord(name));

/**
 * The records for another attempt: every step is looked at again, since what was done may have gone meanwhile. Steps only
 * read where nothing differs, so that is cheap. What Azure still works on goes on.
 */
export const forRetry = (records: readonly StepRecord[]): StepRecord[] =>
  records.map((record) => {
    if (record.state === 'running') return record;
    const { startedAt, finishedAt, writes } = record;
    return {
      ...newRecord(record.name),
      writes,
      ...(startedAt === undefined || record.state === 'failed' ? {} : { startedAt }),
      ...(finishedAt === undefined || record.state === 'failed' ? {} : { finishedAt }),
    };
  });

/** Whether every step is done. */
export const isComplete = (records: readonly StepRecord[]): boolean => records.every(({ state }) => state === 'done');

/** Whether nothing more can happen without a signal: all done, or blocked behind failed steps. */
export function isSettled(records: readonly StepRecord[], steps: readonly Step[]): boolean {
  const byName = new Map(records.map((record) => [record.name, record]));
  const blocked = new Set(records.filter(({ state }) => state === 'failed').map(({ name }) => name));
  // Steps come after what they need, so one pass finds everything behind a failed step.
  for (const step of steps) if (step.after.some(({ step: needed }) => blocked.has(needed))) blocked.add(step.name);
  return steps.every(({ name }) => byName.get(name)?.state === 'done' || blocked.has(name));
}

/** Whether a step writes the firewall, or the rules that it goes by. */
export const isFirewallStep = ({ name }: Pick<StepRecord, 'name'>): boolean =>
  name === 'firewall' || name === 'firewallRules';
