import type { JsonObject } from './json.ts';

export type ResourceKind =
  'resourceGroup' | 'virtualNetwork' | 'publicIp' | 'routeTable' | 'firewall' | 'cluster' | 'subnet' | 'roleAssignment';

/** What a spec calls for of one ARM resource; everything that the body doesn't name is none of our business. */
export interface DesiredResource {
  readonly kind: ResourceKind;
  /** Full ARM id, without host and api-version. */
  readonly id: string;
  readonly apiVersion: string;
  readonly body: JsonObject;
}
