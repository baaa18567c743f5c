import { v5 as uuidV5 } from 'uuid';

const NAME_SPACE = '9d0a6a52-0f6d-5c6e-8f0b-5a1e7c1d4b88';

/** A lane takes no longer id. */
const LONGEST_SIGNAL_ID = 100;

/** Sends one signal that stands for one or more events. */
type Send = (id: string) => Promise<void>;

interface Batch {
  readonly ids: string[];
  readonly send: Send;
  readonly sent: PromiseWithResolvers<void>;
}

/**
 * Gathers events for one lane while a signal to it is under way: a storm of a thousand events costs a handful of signals.
 *
 * An event is never joined to a signal that is under way already, since the lane may have looked before the event came;
 * it joins the next one. Whoever added it hears of its success or failure, so that a failed one is delivered again.
 */
export interface SignalBatches {
  /**
   * @param lane whom the signal is for
   * @param id of the event; one that comes again alone has the same signal, which the lane applies once
   * @returns when a signal that was begun after this call has been sent
   * @throws what `send` throws
   */
  add(lane: string, id: string, send: Send): Promise<void>;
}

export function signalBatches(): SignalBatches {
  const waiting = new Map<string, Batch>();
  const underWay = new Set<string>();

  const start = async (lane: string): Promise<void> => {
    underWay.add(lane);
    for (let batch = waiting.get(lane); batch !== undefined; batch = waiting.get(lane)) {
      waiting.delete(lane);
      try {
        await batch.send(signalId(batch.ids));
        batch.sent.resolve();
      } catch (error) {
        batch.sent.reject(error);
      }
    }
    underWay.delete(lane);
  };

  return {
    add(lane, id, send) {
      const batch = waiting.get(lane) ?? { ids: [], send, sent: Promise.withResolvers<void>() };
      batch.ids.push(id);
      waiting.set(lane, batch);
      if (!underWay.has(lane)) void start(lane);
      return batch.sent.promise;
    },
  };
}

/**
 * A signal of several events must not have the id of one of them: the lane may have applied that one alone before, and
 * would drop what the others tell.
 */
function signalId(ids: readonly string[]): string {
  const [first = '', ...more] = [...new Set(ids)].sort();
  return more.length === 0 && first.length <= LONGEST_SIGNAL_ID
    ? first
    : uuidV5(JSON.stringify([first, ...more]), NAME_SPACE);
}
