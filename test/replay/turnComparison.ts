import { EventType, fromJson, type Scheduled } from '../../local/host/durable/history.ts';
import type { TurnResult } from '../../local/host/durable/turn.ts';
import { compareVersions } from '../../local/host/durable/versions.ts';
import { differences } from './differences.ts';
import type { RecordedHistory, RecordedTurn } from './recordedHistory.ts';
import { describeWork, subjectOf } from './scheduledWork.ts';

/** @returns what is wrong with a turn, line by line; undefined when it is as recorded */
export function problemOf(turn: RecordedTurn, result: TurnResult, ending: string): readonly string[] | undefined {
  const { outcome, scheduled } = result;
  const count = Math.max(turn.scheduled.length, scheduled.length);
  const pairs = Array.from({ length: count }, (_, index) => [turn.scheduled[index], scheduled[index]] as const);
  if (outcome.kind === ending && pairs.every(([recorded, now]) => isSame(recorded, now))) return undefined;
  const wrong = pairs.filter(([recorded, now]) => !isSame(recorded, now));
  return [
    ...wrong.flatMap(([recorded, now]) => [
      `  recorded: ${recorded === undefined ? 'nothing' : describeWork(recorded)}`,
      `  now:      ${now === undefined ? 'nothing' : describeWork(now)}`,
    ]),
    ...(outcome.kind === ending ? [] : [`  recorded: ${ended(ending)}`, `  now:      ${ended(outcome.kind)}`]),
    ...(outcome.kind === 'Failed' && ending !== 'Failed' ? [`  since:    ${outcome.reason}`] : []),
  ];
}

const ended = (kind: string) => (kind === 'Running' ? 'it waits' : `it ends: ${kind}`);

const isSame = (recorded: Scheduled | undefined, now: Scheduled | undefined): boolean =>
  recorded === undefined || now === undefined
    ? recorded === now
    : describeWork(recorded) === describeWork(inRecordedVersion(recorded, now));

/**
 * A newer version is how changes are made: who waits for the older one still gets its result, and the next call is one
 * of the newer.
 */
function inRecordedVersion(recorded: Scheduled, now: Scheduled): Scheduled {
  if (recorded.EventType !== EventType.subOrchestrationCreated || now.EventType !== recorded.EventType) return now;
  return compareVersions(now.Version, recorded.Version) > 0 ? { ...now, Version: recorded.Version } : now;
}

/**
 * What is another than recorded, and may be.
 *
 * @param whole the history, where this was its last turn
 */
export function notesOf(turn: RecordedTurn, { scheduled, outcome }: TurnResult, whole?: RecordedHistory): string[] {
  const notes = turn.scheduled.flatMap((recorded, index) => {
    const now = scheduled[index];
    if (now === undefined || !('Input' in recorded) || !('Input' in now)) return [];
    const changed = differences(fromJson(recorded.Input), fromJson(now.Input));
    return [
      ...(inRecordedVersion(recorded, now) !== now ? [`starts a newer version: ${describeWork(now)}`] : []),
      ...(changed === '' ? [] : [`input of ${now.Name} ${subjectOf(now)}: ${changed}`]),
    ];
  });
  if (whole === undefined) return notes;
  if (outcome.kind === 'ContinuedAsNew') {
    const changed = differences(whole.ending.input, outcome.input);
    if (changed !== '') notes.push(`input of the next generation: ${changed}`);
  }
  const completed = whole.events.at(-1);
  if (outcome.kind === 'Completed' && completed?.EventType === EventType.executionCompleted) {
    const changed = differences(fromJson(completed.Result), outcome.output);
    if (changed !== '') notes.push(`output: ${changed}`);
  }
  return notes;
}
