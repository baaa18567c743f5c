import { effectChanges, type Azure } from './azure.ts';
import type { Clusters } from './clusters.ts';
import type { EventGrid } from './eventGrid/eventGrid.ts';
import { nextEffectAt, settle } from './operations.ts';

export interface Progress {
  /** Brings everything to the present: operations, events, clusters. */
  advance(): void;
  /** Sees to it that time doesn't pass what is due next; called after every change of the state. */
  schedule(): void;
  stop(): void;
}

/**
 * Lets things happen when they are due. Operations alone need no timer, since whoever asks finds them settled; but
 * subscribers must hear of their end, and clusters must start, though nobody asks. Without either, virtual time stands
 * still between requests.
 */
export function startProgress(azure: Azure, eventGrid: EventGrid, clusters: Clusters | undefined): Progress {
  let timer: { readonly time: number; readonly cancel: () => void } | undefined;
  let stopped = false;

  const advance = () => {
    settle(azure.store, azure.clock.now(), azure.operationsKeptMs, (effect) => effectChanges(azure, effect));
    eventGrid.publish();
    eventGrid.deliver();
    clusters?.reconcile();
  };
  const nextAt = (): number | undefined => {
    if (clusters === undefined && !eventGrid.hasSubscriptions()) return undefined;
    const times = [nextEffectAt(azure.store), eventGrid.nextAt()].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  };
  const wake = () => {
    timer = undefined;
    const release = azure.clock.busy();
    try {
      advance();
      schedule();
    } finally {
      release();
    }
  };
  const schedule = () => {
    const time = stopped ? undefined : nextAt();
    if (time === timer?.time) return;
    timer?.cancel();
    timer = time === undefined ? undefined : { time, cancel: azure.clock.at(time, wake) };
  };
  return {
    advance,
    schedule,
    stop: () => {
      stopped = true;
      timer?.cancel();
      timer = undefined;
    },
  };
}
