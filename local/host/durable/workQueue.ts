import type { Clock } from '../../clock.ts';

export interface WorkQueue {
  /** Runs the job when a place is free. It must not reject. Virtual time stands still until it has ended. */
  add(job: () => Promise<void>): void;
  /** Forgets what has not begun. */
  stop(): void;
}

/** Runs work, and adds it and the real time it takes to the count of its kind. */
export type Timed = (kind: 'turns' | 'activities', work: () => Promise<void>) => Promise<void>;

/** Jobs in the order of their coming, at most `concurrency` of them at a time. */
export function workQueue(concurrency: number, clock: Clock): WorkQueue {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  let stopped = false;
  const pump = () => {
    while (running < concurrency) {
      const job = waiting.shift();
      if (job === undefined) return;
      running++;
      void job().finally(() => {
        running--;
        pump();
      });
    }
  };
  return {
    add(job) {
      if (stopped) return;
      const release = clock.busy();
      waiting.push(() => job().finally(release));
      pump();
    },
    stop() {
      stopped = true;
      waiting.length = 0;
    },
  };
}
