import type { InstanceState, RuntimeStatus } from './instanceState.ts';
import { isFinished } from './instanceState.ts';
import type { TaskHubStore } from './store.ts';

/** What the outside sees of an instance. Times are ISO 8601 in UTC. */
export interface OrchestrationStatus {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
  readonly parentInstanceId: string | null;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: unknown;
  readonly customStatus: unknown;
  /** The result; the reason of a failure or termination; null while it runs. */
  readonly output: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

/** What stays in memory of a finished instance. */
interface Summary {
  readonly facts: Facts;
  /** Input, custom status and output as JSON; undefined where they are too large to keep here. */
  details: string | undefined;
}

type Details = Pick<OrchestrationStatus, 'input' | 'customStatus' | 'output'>;
type Facts = Omit<OrchestrationStatus, keyof Details>;

const SMALL_DETAILS = 512;
const LARGE_DETAILS_KEPT = 200;
const SUB_ORCHESTRATIONS_KEPT = 1_000;

/**
 * The instances of a task hub: live ones whole, finished ones as summaries whose rest is read back from the store. Of
 * finished sub-orchestrations only the newest thousand are listed; older ones are found by their id, where the store has them.
 */
export interface Instances<Live extends InstanceState> {
  readonly live: ReadonlyMap<string, Live>;
  put(instance: Live): void;
  /** Takes a finished instance out of the live ones, or one that a store has loaded, into the summaries. */
  finish(state: InstanceState): void;
  /** Forgets a finished instance. @returns false when there is none of that id. */
  forget(instanceId: string): boolean;
  status(instanceId: string): OrchestrationStatus | undefined;
  /** Ids and the little that queries filter by, in the order of the ids. */
  index(): Pick<OrchestrationStatus, 'instanceId' | 'runtimeStatus' | 'createdTime'>[];
}

export function instances<Live extends InstanceState>(store: TaskHubStore): Instances<Live> {
  const live = new Map<string, Live>();
  const finished = new Map<string, Summary>();
  /** Apart, since a lane that waits finishes a sub-orchestration every few minutes, and what has ended is asked for later. */
  const withLargeDetails = { top: new Set<string>(), sub: new Set<string>() };
  const subOrchestrations = new Set<string>();

  const forget = (instanceId: string) => {
    withLargeDetails.top.delete(instanceId);
    withLargeDetails.sub.delete(instanceId);
    subOrchestrations.delete(instanceId);
    return finished.delete(instanceId);
  };
  const bound = () => {
    for (const large of [withLargeDetails.top, withLargeDetails.sub]) {
      for (const oldest of large) {
        if (large.size <= LARGE_DETAILS_KEPT) break;
        large.delete(oldest);
        const summary = finished.get(oldest);
        if (summary !== undefined) summary.details = undefined;
      }
    }
    for (const oldest of subOrchestrations) {
      if (subOrchestrations.size <= SUB_ORCHESTRATIONS_KEPT) break;
      forget(oldest);
    }
  };

  return {
    live,
    put(instance) {
      forget(instance.head.instanceId);
      live.set(instance.head.instanceId, instance);
    },
    finish(state) {
      const { head } = state;
      live.delete(head.instanceId);
      const details = JSON.stringify(detailsOf(state));
      finished.set(head.instanceId, { facts: facts(state), details });
      const kind = head.parent === undefined ? 'top' : 'sub';
      if (details.length > SMALL_DETAILS) withLargeDetails[kind].add(head.instanceId);
      if (kind === 'sub') subOrchestrations.add(head.instanceId);
      bound();
    },
    forget,
    status(instanceId) {
      const instance = live.get(instanceId);
      if (instance !== undefined) return { ...facts(instance), ...detailsOf(instance) };
      const summary = finished.get(instanceId);
      if (summary?.details !== undefined) return { ...summary.facts, ...(JSON.parse(summary.details) as Details) };
      const stored = store.read(instanceId);
      if (stored !== undefined && isFinished(stored.status)) return { ...facts(stored), ...detailsOf(stored) };
      return summary && { ...summary.facts, input: null, customStatus: null, output: null };
    },
    index: () =>
      [...[...live.values()].map(facts), ...[...finished.values()].map((summary) => summary.facts)].sort((a, b) =>
        a.instanceId < b.instanceId ? -1 : 1,
      ),
  };
}

const facts = (state: InstanceState): Facts => ({
  instanceId: state.head.instanceId,
  name: state.head.name,
  version: state.head.version,
  parentInstanceId: state.head.parent?.instanceId ?? null,
  runtimeStatus: state.status,
  createdTime: state.head.createdTime,
  lastUpdatedTime: state.updatedTime,
});

const detailsOf = (state: InstanceState): Details => ({
  input: state.head.input ?? null,
  customStatus: state.customStatus ?? null,
  output: state.output ?? null,
});
