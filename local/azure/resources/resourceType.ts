import type { JsonObject } from '../json.ts';
import type { LatencyKind } from '../latencies.ts';
import type { Change, Resource } from '../store.ts';

/** The rest of the cloud, as a resource type sees it while it judges or finishes a write. */
export interface World {
  /** Epoch ms, Azure time. */
  readonly now: number;
  readonly tenantId: string;
  readonly subscription: string;
  find(id: string): Resource | undefined;
  /** Every resource of a type (case-insensitive), everywhere. */
  ofType(type: string): readonly Resource[];
  /** The limit of a usage such as `cores` in a location. */
  limit(location: string, usage: string): number;
  /** A number in [0, 1) that depends on the seed and the parts alone. */
  fraction(...parts: readonly (string | number)[]): number;
}

export interface Write {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** The body as it was sent; unknown properties have been refused. */
  readonly sent: JsonObject;
  /** The body as it stands, when the resource exists. */
  readonly before?: JsonObject;
  readonly world: World;
}

export interface Plan {
  /** What will be stored: what was sent, with defaults filled in and read-only values kept. */
  readonly body: JsonObject;
  readonly kind: LatencyKind;
  /** The state while the operation runs; `Updating` unless said otherwise. */
  readonly provisioningState?: string;
  /** Ids of other resources that must not be in the middle of an operation. */
  readonly dependencies?: readonly string[];
  /** Ids of other resources that can't be written while this operation runs. */
  readonly locks?: readonly string[];
  /** What comes into being along with the resource. */
  readonly also?: readonly Change[];
}

interface Completion {
  readonly body: JsonObject;
  readonly also?: readonly Change[];
}

/** A tree of property names: what a PUT body may contain. `true` takes anything. */
export type Shape = true | { readonly [name: string]: Shape };

/**
 * One type of resource. A write passes `shape` → `plan` (refuses, or fills defaults and names the latency) and, when the
 * time has come, `complete`.
 */
export interface ResourceType {
  /** As ARM spells it in ids: `Microsoft.Network/virtualNetworks`. */
  readonly type: string;
  readonly shape: Shape;
  /** False for what lies in another resource and so has no location of its own. */
  readonly hasLocation?: false;
  /** Arrays in `properties` whose elements are children with id, etag and provisioningState, by path of their own. */
  readonly children: readonly ChildCollection[];
  /** Answers an operation in progress on the resource itself. */
  readonly busy: 'AnotherOperationInProgress' | 'RetryableError' | 'OperationNotAllowed';
  /** Throws when a new resource may not be called so. */
  checkName(name: string): void;
  plan(write: Write): Plan;
  /** The body once the operation has succeeded; state and etag are stamped by the caller. */
  complete(body: JsonObject, world: World): Completion;
  /** The body as read: adds references that other resources hold to this one. */
  present?(body: JsonObject, world: World): JsonObject;
  /** Throws when the resource is in use. */
  checkDelete?(resource: Resource, world: World): void;
  /** Ids of other resources that can't be written while the resource is being deleted. */
  deleteLocks?(resource: Resource, world: World): readonly string[];
  /** Firewall policies go without an operation. */
  readonly deletedAtOnce?: true;
  /** Where etags are other than weak and new with every write and every completion. */
  readonly etags?: { readonly form: 'plain'; readonly keptOnCompletion?: true };
  /** How long deletion takes; some kinds of deletion are as long as the write of the same kind. */
  deleteKind(resource: Resource, world: World): LatencyKind;
  /** Ids of what goes with the resource when it is deleted. */
  belongings?(resource: Resource): readonly string[];
}

export interface ChildCollection {
  /** The property, which is also the path segment: `subnets`. */
  readonly name: string;
  /** `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  /** How long a write or a deletion of one child takes; undefined for children that have no address of their own. */
  readonly kind?: LatencyKind;
  /** IP configurations say `Succeeded` from the first moment; other children follow their parent. */
  readonly alwaysSucceeded?: boolean;
}
