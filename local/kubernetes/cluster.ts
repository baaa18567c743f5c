import type { Clock } from '../clock.ts';
import type { ObjectStore } from './objectStore.ts';

/** What every operation on a cluster's objects needs. */
export interface Cluster {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly serviceCidr: string;
}
