import type { Clock, VirtualClock } from '../local/clock.ts';
import { startLocalCloud } from '../local/cloud.ts';
import type { TaskHubStore } from '../local/host/durable/store.ts';
import { clusterClient } from '../local/clusterClient.ts';
import { clusterServices } from './clusterServices.ts';
import { requestLog, type LoggedRequest } from '../local/measure.ts';
import type { EnvironmentStatus } from '../shared/model/environmentStatus.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/shop-rg';
/** Its cluster. */
export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/shop`;
/** The firewall of {@link startShop}'s environment. */
export const FIREWALL = `${GROUP}/providers/Microsoft.Network/azureFirewalls/shop-fw`;

/** A ready environment `shop` that benchmarks work on; its first sync has ended. */
export async function startShop({
  clock,
  seed,
  taskHubStore,
}: {
  readonly clock: Clock;
  readonly seed: number;
  readonly taskHubStore?: TaskHubStore;
}) {
  const cloud = await startLocalCloud({
    clock,
    appDirectory: process.cwd(),
    functionsPort: 0,
    azurePort: 0,
    seed,
    ...(taskHubStore === undefined ? {} : { taskHubStore }),
    log: (message) => console.error(message),
  });
  const call = async (method: string, path = '', body?: object): Promise<unknown> => {
    const response = await fetch(`${cloud.api}/environments${path}`, {
      method,
      headers: { 'x-functions-key': cloud.host.keys.function, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const until = async (wanted: (status: EnvironmentStatus) => boolean): Promise<EnvironmentStatus> => {
    const instance = await cloud.host.durable.waitFor(
      'shop',
      ({ customStatus }) => customStatus !== null && wanted(customStatus as EnvironmentStatus),
    );
    return instance.customStatus as EnvironmentStatus;
  };
  await call('POST', '', { name: 'shop' });
  const ready = await until(({ state, counts }) => state === 'failed' || counts.syncs > 0);
  if (ready.state === 'failed') throw new Error(JSON.stringify(ready.steps));
  return {
    cloud,
    until,
    call: (method: string, path: string, body?: object) => call(method, `/shop${path}`, body),
    status: async () => (await call('GET', '/shop')) as EnvironmentStatus,
    ...clusterServices(clusterClient(cloud.clusters.find(CLUSTER)?.kubeconfig('user') ?? '')),
    requests: async (): Promise<LoggedRequest[]> =>
      (await requestLog(cloud.azure.origin)).filter(({ path }) => path.startsWith('/subscriptions/')),
    /** Keeps virtual time from passing until the returned function is called. */
    hold: () => (clock as VirtualClock).busy(),
    close: () => cloud.close(),
  };
}
