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
      usages.push({ name: usage.name.value ?? '', current: usage.currentValue, limit: usage.limit });
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
  return items.map((item) => {
    const { name, currentValue, limit } = item as { name?: { value?: string }; currentValue?: number; limit?: number };
    return { name: name?.value ?? '', current: currentValue ?? 0, limit: limit ?? 0 };
  });
}

/** vCPUs of each VM size that the region offers, by lower-case name. @throws ArmError */
export async function vmSizeCores(subscription: string, location: string): Promise<ReadonlyMap<string, number>> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${location}/vmSizes`;
  const items = (await listResources(path, COMPUTE_API_VERSION)) ?? [];
  return new Map(
    items.map((item) => {
      const { name, numberOfCores } = item as { name?: string; numberOfCores?: number };
      return [(name ?? '').toLowerCase(), numberOfCores ?? 0];
    }),
  );
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
