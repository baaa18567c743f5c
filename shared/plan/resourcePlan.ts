import type { Json, JsonObject } from '../model/json.ts';
import type { ResourceKind } from '../model/resource.ts';

/** One property that a write would change. */
export interface Difference {
  /** As people write it: `properties.subnets[aks-subnet].addressPrefix`. */
  readonly path: string;
  /** Absent when the property is new. */
  readonly before?: Json;
  /** Absent when the property goes. */
  readonly after?: Json;
}

/** What has to happen to one resource. */
export type ResourcePlan = WritableResourcePlan | ForeignResourcePlan;

export interface WritableResourcePlan {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly action: 'create' | 'modify' | 'none';
  readonly differences: readonly Difference[];
  /** The whole PUT body: what was read, with only the differing values replaced. */
  readonly body: JsonObject;
}

/** The resource exists and belongs to somebody else: it is never written. */
interface ForeignResourcePlan {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly action: 'foreign';
  readonly differences: readonly [];
  /** The environment that owns it, when its tag says so. */
  readonly owner?: string;
}
