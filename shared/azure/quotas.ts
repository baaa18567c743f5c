import { jsonAt, stringAt, type JsonObject } from '../model/json.ts';
import { typedClient } from './clients.ts';
import { listResources } from './resource.ts';
import { asArmError } from './restErrors.ts';

/** One counted limit of a subscription in a region. */
export interface Usage {
  /** ARM's own name of it, e.g. `PublicIPAddresses` or `cores`. */
  readonly name: string;
  readonly current: number;
  readonly limit: number;
}

/** Network limits of a region (public addresses, virtual networks, route tables, …). @throws ArmError */
export async function networkUsages(subscription: string, location: string): Promise<Usage[]> {
  const { NetworkManagementClient } = await import('@azure/arm-network');
  const client = await typedClient(
    (credential, options) => new NetworkManagementClient(credential, subscription, options),
  );
  const usages: Usage[] = [];
  try {
    for await (const usage of client.usages.list(location)) {
      const item = usage as unknown as JsonObject;
      usages.push({
        name: stringAt(item, 'name', 'value') ?? '',
        current: numberAt(item, 'currentValue'),
        limit: numberAt(item, 'limit'),
      });
    }
  } catch (error) {
    throw asArmError(error);
  }
  return usages;
}

/** Compute limits of a region; `cores` counts all vCPUs. @throws ArmError */
export async function computeUsages(subscription: string, location: string): Promise<Usage[]> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${location}/usages`;
  const items = (await listResources(path, COMPUTE_API_VERSION)) ?? [];
  return items.map((item) => ({
    name: stringAt(item, 'name', 'value') ?? '',
    current: numberAt(item, 'currentValue'),
    limit: numberAt(item, 'limit'),
  }));
}

/** vCPUs of each VM size that the region offers, by lower-case name. @throws ArmError */
export async function vmSizeCores(subscription: string, location: string): Promise<ReadonlyMap<string, number>> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${location}/vmSizes`;
  const items = (await listResources(path, COMPUTE_API_VERSION)) ?? [];
  return new Map(
    items.map((item) => [(stringAt(item, 'name') ?? '').toLowerCase(), numberAt(item, 'numberOfCores')] as const),
  );
}

function numberAt(item: JsonObject, key: string): number {
  const value = jsonAt(item, key);
  return typeof value === 'number' ? value : 0;
}

/** Kubernetes versions that AKS offers in the region, minor (`1.33`) and patch (`1.33.2`). @throws ArmError */
export async function kubernetesVersions(subscription: string, location: string): Promise<readonly string[]> {
  const { ContainerServiceClient } = await import('@azure/arm-containerservice');
  const client = await typedClient(
    (credential, options) => new ContainerServiceClient(credential, subscription, options),
  );
  const { values } = await client.managedClusters
    .listKubernetesVersions(location)
    .catch((error: unknown) => Promise.reject(asArmError(error)));
  return (values ?? []).flatMap(({ version, patchVersions }) => [
    ...(version === undefined ? [] : [version]),
    ...Object.keys(patchVersions ?? {}),
  ]);
}

const COMPUTE_API_VERSION = '2024-07-01';
