import { EventType, type HistoryEvent, type Scheduled } from '../../local/host/durable/history.ts';

/** How an execution of an orchestration had ended when it was recorded; `Running`: it had not, and waited. */
export interface Ending {
  readonly kind: 'Completed' | 'Failed' | 'ContinuedAsNew' | 'Running';
  /** The next generation's input, where it has continued as new. */
  readonly input?: unknown;
}

/** One execution of an orchestration, as the host has kept it: a generation of a lane, or a sub-orchestration. */
export interface RecordedHistory {
  readonly ending: Ending;
  readonly events: readonly HistoryEvent[];
}

/** What an execution was started with. */
export interface Beginning {
  readonly name: string;
  readonly version: string | null;
  /** JSON; null for none. */
  readonly input: string | null;
  readonly instanceId: string;
  readonly executionId: string;
  readonly parentInstanceId: string | null;
}

/** One turn: what the orchestrator was shown in addition, and what it started thereupon. */
export interface RecordedTurn {
  /** The orchestration's own time, ISO 8601. */
  readonly time: string;
  readonly shown: readonly HistoryEvent[];
  readonly scheduled: readonly Scheduled[];
  /** What closes the turn in the history of the next. */
  readonly closing: readonly HistoryEvent[];
}

/** @throws Error for a history without a beginning */
export function beginningOf({ events }: RecordedHistory): Beginning {
  const started = events.find((event) => event.EventType === EventType.executionStarted);
  if (started === undefined) throw new Error('A history begins with ExecutionStarted.');
  return {
    name: started.Name,
    version: started.Version,
    input: started.Input,
    instanceId: started.OrchestrationInstance.InstanceId,
    executionId: started.OrchestrationInstance.ExecutionId,
    parentInstanceId: started.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
  };
}

/** A turn begins with OrchestratorStarted and ends before the next one. */
export function turnsOf({ events }: RecordedHistory): RecordedTurn[] {
  const turns: { time: string; shown: HistoryEvent[]; scheduled: Scheduled[]; closing: HistoryEvent[] }[] = [];
  for (const event of events) {
    if (event.EventType === EventType.orchestratorStarted)
      turns.push({ time: event.Timestamp, shown: [], scheduled: [], closing: [] });
    const turn = turns.at(-1);
    if (turn === undefined) throw new Error('A history begins with OrchestratorStarted.');
    switch (event.EventType) {
      case EventType.taskScheduled:
      case EventType.subOrchestrationCreated:
      case EventType.timerCreated:
        turn.scheduled.push(event);
        break;
      case EventType.orchestratorCompleted:
      case EventType.executionCompleted:
        turn.closing.push(event);
        break;
      default:
        turn.shown.push(event);
    }
  }
  return turns;
}

/**
 * As text, one line each: first the ending, then the events. What events hold as JSON text is spelled out as JSON, so
 * that a diff of two recordings can be read.
 */
export function formatHistory({ ending, events }: RecordedHistory): string {
  return [ending, ...events.map(unpacked)].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Reads what {@link formatHistory} has written. */
export function parseHistory(text: string): RecordedHistory {
  const [ending, ...events] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  if (ending === undefined) throw new Error('A recorded history begins with its ending.');
  return { ending: ending as unknown as Ending, events: events.map(packed) };
}

const JSON_TEXTS = ['Input', 'Result'] as const;

/** Whether an event has been played says only where in the history the replay stands. */
function unpacked({ IsPlayed: _replaying, ...event }: HistoryEvent): Record<string, unknown> {
  const line: Record<string, unknown> = { ...event };
  for (const field of JSON_TEXTS) {
    const text = line[field];
    if (typeof text === 'string') line[field] = JSON.parse(text) as unknown;
  }
  return line;
}

function packed(line: Record<string, unknown>): HistoryEvent {
  const event: Record<string, unknown> = { ...line, IsPlayed: false };
  for (const field of JSON_TEXTS) {
    const value = event[field];
    // Nothing at all is stored as null, but an external event always has a payload.
    if (value !== undefined && (value !== null || event['EventType'] === EventType.eventRaised))
      event[field] = JSON.stringify(value);
  }
  return event as unknown as HistoryEvent;
}
