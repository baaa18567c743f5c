import { EventType, type HistoryEvent, type Scheduled } from '../../local/host/durable/history.ts';
import { beginningOf, formatHistory, turnsOf, type RecordedHistory } from './recordedHistory.ts';

/**
 * The fewest and smallest histories that together hold everything any of them holds: each kind of turn after each
 * other kind. Always the same ones for the same histories.
 */
export function representative(histories: readonly RecordedHistory[]): RecordedHistory[] {
  const candidates = histories.map((history, index) => ({
    history,
    index,
    traits: traitsOf(history),
    size: formatHistory(history).length,
  }));
  const missing = new Set(candidates.flatMap(({ traits }) => [...traits]));
  const chosen: typeof candidates = [];
  while (missing.size > 0) {
    const gain = (traits: ReadonlySet<string>) => [...traits].filter((trait) => missing.has(trait)).length;
    const best = candidates
      .map((candidate) => ({ candidate, gain: gain(candidate.traits) }))
      .reduce((first, other) =>
        other.gain > first.gain || (other.gain === first.gain && other.candidate.size < first.candidate.size)
          ? other
          : first,
      ).candidate;
    chosen.push(best);
    for (const trait of best.traits) missing.delete(trait);
  }
  return chosen.sort((a, b) => a.index - b.index).map(({ history }) => history);
}

/** What a replay of this history covers. */
function traitsOf(history: RecordedHistory): ReadonlySet<string> {
  const { name } = beginningOf(history);
  const turns = turnsOf(history);
  const scheduled = new Map(turns.flatMap((turn) => turn.scheduled.map((event) => [event.EventId, event] as const)));
  const traits = new Set([`${name} ends: ${history.ending.kind}`]);
  let before = '';
  for (const turn of turns) {
    const woken = unique(turn.shown.map((event) => wakeUp(event, scheduled)));
    const started = unique(turn.scheduled.map(kindOf));
    const step = `${woken.join(' + ')} -> ${started.join(' + ')}`;
    traits.add(`${name}: ${before}, ${step}`);
    before = step;
  }
  return traits;
}

/** What woke the orchestrator, by its kind. */
function wakeUp(event: HistoryEvent, scheduled: ReadonlyMap<number, Scheduled>): string {
  switch (event.EventType) {
    case EventType.taskCompleted:
    case EventType.subOrchestrationCompleted:
    case EventType.taskFailed:
    case EventType.subOrchestrationFailed: {
      const work = scheduled.get(event.TaskScheduledId);
      const failed = event.EventType === EventType.taskFailed || event.EventType === EventType.subOrchestrationFailed;
      return `${work === undefined ? '?' : kindOf(work)} ${failed ? 'failed' : 'ended'}`;
    }
    case EventType.timerFired:
      return 'timer fired';
    case EventType.eventRaised:
      return `event ${event.Name}`;
    case EventType.executionStarted:
      return 'start';
    default:
      return `event ${event.EventType}`;
  }
}

const kindOf = (work: Scheduled): string => (work.EventType === EventType.timerCreated ? 'timer' : work.Name);

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
