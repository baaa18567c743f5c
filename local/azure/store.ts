import type { Activity } from './activity.ts';
import type { Delivery } from './eventGrid/delivery.ts';
import type { JsonObject } from './json.ts';
import { openJournal, type Journal } from './journal.ts';
import type { LatencyKind } from './latencies.ts';

/** A resource as stored: its body is what GET answers, but for references that are computed on reading. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly body: JsonObject;
}

/** What an operation does to a resource, once Azure time has reached `at` (epoch ms). */
export interface Effect {
  readonly at: number;
  /** `fail`: the resource stays as it was written, and does not work so. */
  readonly action: 'complete' | 'remove' | 'fail';
  readonly id: string;
  /** Of `fail`: what the resource's provisioning state becomes. */
  readonly state?: 'Failed' | 'Canceled';
}

/** An asynchronous operation. Its status is a function of the time alone; its effects are applied when they are due. */
export interface Operation {
  readonly id: string;
  readonly subscription: string;
  readonly location: string;
  readonly namespace: string;
  readonly method: 'PUT' | 'DELETE';
  readonly kind?: LatencyKind;
  readonly resourceId: string;
  /** Resources that can't be written while this runs, beside the one it writes. */
  readonly locks: readonly string[];
  readonly startedAt: number;
  readonly endsAt: number;
  readonly effects: readonly Effect[];
  /** Whether the answer says `Azure-AsyncNotification: Enabled`. */
  readonly notified: boolean;
  /** How many of the effects have been applied. */
  readonly applied: number;
  /** How it ends where it does not succeed. */
  readonly failure?: { readonly status: 'Failed' | 'Canceled'; readonly code: string; readonly message: string };
}

interface Tables {
  /** By lower-cased id. */
  readonly resources: Resource;
  readonly operations: Operation;
  /** How often a latency was drawn, by kind and lower-cased id. */
  readonly uses: number;
  /** When a principal came into the directory (epoch ms, Azure time), by object id. */
  readonly principals: number;
  /** Custom roles, by their lower-cased GUID. */
  readonly roleDefinitions: JsonObject;
  /** Object ids of the members of a group in the directory, by its object id. */
  readonly groups: readonly string[];
  /** Registrations of resource providers other than `Registered`, by subscription and namespace. */
  readonly registrations: { readonly state: 'NotRegistered' | 'Registering' | 'Registered'; readonly since: number };
  /** Limits other than the default, by lower-cased location and usage name. */
  readonly quotas: number;
  /** What stood before a write whose operation is still running, by lower-cased id: that is what works until then. */
  readonly inEffect: Resource;
  /** The latest writes, by id. */
  readonly activities: Activity;
  /** When the writes end whose events haven't been published (epoch ms), by the activity's id. */
  readonly unpublished: number;
  /** Events on their way to a subscription, by id. */
  readonly deliveries: Delivery;
  /** Whose rule it is, by the lower-cased id of a load balancing rule. */
  readonly balancedServices: { readonly namespace: string; readonly name: string };
}

type TableName = keyof Tables;

/** One row written (or, with null, removed). */
export type Change = { [T in TableName]: readonly [table: T, key: string, row: Tables[T] | null] }[TableName];

/** Everything local Azure knows, in tables. All writing goes through `commit`, so that the journal misses nothing. */
export interface Store {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly uses: ReadonlyMap<string, number>;
  readonly principals: ReadonlyMap<string, number>;
  readonly roleDefinitions: ReadonlyMap<string, JsonObject>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly registrations: ReadonlyMap<string, Tables['registrations']>;
  readonly quotas: ReadonlyMap<string, number>;
  readonly inEffect: ReadonlyMap<string, Resource>;
  readonly activities: ReadonlyMap<string, Activity>;
  readonly unpublished: ReadonlyMap<string, number>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
  readonly balancedServices: ReadonlyMap<string, Tables['balancedServices']>;
  /** Applies changes all together; with a state directory they are on disk before this returns. */
  commit(changes: readonly Change[]): void;
  close(): void;
}

const COMPACT_AFTER_LINES = 20_000;

/** Opens the store: empty, or as the journal in `stateDirectory` left it. */
export function openStore(stateDirectory?: string): Store {
  const tables = {
    resources: new Map<string, Resource>(),
    operations: new Map<string, Operation>(),
    uses: new Map<string, number>(),
    principals: new Map<string, number>(),
    roleDefinitions: new Map<string, JsonObject>(),
    groups: new Map<string, readonly string[]>(),
    registrations: new Map<string, Tables['registrations']>(),
    quotas: new Map<string, number>(),
    inEffect: new Map<string, Resource>(),
    activities: new Map<string, Activity>(),
    unpublished: new Map<string, number>(),
    deliveries: new Map<string, Delivery>(),
    balancedServices: new Map<string, Tables['balancedServices']>(),
  };
  const apply = (changes: readonly Change[]) => {
    for (const [table, key, row] of changes) {
      if (row === null) tables[table].delete(key);
      else (tables[table] as Map<string, unknown>).set(key, row);
    }
  };
  const everything = (): Change[] =>
    Object.entries(tables).flatMap(([table, rows]) => [...rows].map(([key, row]) => [table, key, row] as Change));

  const journal: Journal | undefined = stateDirectory === undefined ? undefined : openJournal(stateDirectory);
  for (const entry of journal?.entries ?? []) apply(entry as Change[]);
  journal?.rewrite([everything()]);
  let lines = 1;

  return {
    ...tables,
    commit(changes) {
      if (changes.length === 0) return;
      apply(changes);
      journal?.append(changes);
      if (journal !== undefined && ++lines > COMPACT_AFTER_LINES) {
        journal.rewrite([everything()]);
        lines = 1;
      }
    },
    close: () => journal?.close(),
  };
}
