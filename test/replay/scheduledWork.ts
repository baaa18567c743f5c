import { EventType, type Scheduled } from '../../local/host/durable/history.ts';

/**
 * What an activity or a pass is about. Inputs may change from version to version, but not this: side by side, work of
 * one name is told apart by nothing else, and its results are taken in the order of starting.
 */
export function subjectOf(work: Scheduled): string {
  if (work.EventType === EventType.timerCreated || work.Input === null) return '';
  const input = JSON.parse(work.Input) as unknown;
  if (typeof input !== 'object' || input === null) return '';
  const { graph, phase, step } = input as Record<string, unknown>;
  return [graph, phase, step].filter((part) => typeof part === 'string').join(' ');
}

/** One line for people: everything of it that a replay has to bring again. */
export function describeWork(work: Scheduled): string {
  if (work.EventType === EventType.timerCreated) return `#${work.EventId} timer due ${work.FireAt}`;
  const subject = subjectOf(work);
  const about = subject === '' ? '' : ` (${subject})`;
  if (work.EventType === EventType.taskScheduled) return `#${work.EventId} activity ${work.Name}${about}`;
  const { EventId, Name, Version, InstanceId } = work;
  return `#${EventId} sub-orchestration ${Name}${about}, version ${Version ?? 'none'}, instance ${InstanceId}`;
}
