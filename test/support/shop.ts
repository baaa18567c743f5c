import type { CallCluster, ClusterAnswer } from '../../local/clusterClient.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import type { TestCloud } from './localCloud.ts';

export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
export const GROUP = `${SUBSCRIPTION}/resourceGroups/shop-rg`;
export const NETWORK = `${GROUP}/providers/Microsoft.Network`;
export const FIREWALL = `${NETWORK}/azureFirewalls/shop-fw`;
export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/shop`;

/** A ready environment `shop` with its cluster. */
export interface Shop {
  readonly kubernetes: CallCluster;
  /** A LoadBalancer service in `default`; public, TCP 80, unless told otherwise. */
  apply(name: string, spec?: object, annotations?: Record<string, string>): Promise<void>;
  annotate(name: string, annotations: Record<string, string | null>): Promise<void>;
  remove(name: string): Promise<void>;
  /** Waits until a deleted service is gone, its load balancer with it. */
  gone(name: string): Promise<void>;
  /** Waits until a service has its address. */
  addressed(name: string): Promise<void>;
  /** Waits until what the lane publishes is so, and answers it. */
  until(wanted: (status: EnvironmentStatus) => boolean): Promise<EnvironmentStatus>;
  /** Asks for a sync and waits until one has ended that began after now. */
  sync(): Promise<EnvironmentStatus>;
  /** Our DNAT rules on the firewall. */
  rules(): Promise<readonly Rule[]>;
  firewallWrites(): Promise<number>;
}

export interface Rule {
  readonly name: string;
  readonly sourceAddresses: readonly string[];
  readonly destinationAddresses: readonly string[];
  readonly destinationPorts: readonly string[];
  readonly translatedAddress: string;
  readonly translatedPort: string;
}

interface StoredFirewall {
  readonly properties: {
    readonly natRuleCollections?: readonly {
      readonly name: string;
      readonly properties: { readonly rules: readonly Rule[] };
    }[];
  };
}

/** Builds it and waits until its first sync has ended. */
export async function createShop(cloud: TestCloud, spec: object = {}): Promise<Shop> {
  const started = await cloud.call('POST', '/environments', { name: 'shop', ...spec });
  if (started.status !== 202) throw new Error(started.text);
  await untilShop(cloud, ({ state, counts }) => state === 'failed' || (state === 'ready' && counts.syncs > 0));
  return shopOf(cloud);
}

async function untilShop(cloud: TestCloud, wanted: (status: EnvironmentStatus) => boolean): Promise<EnvironmentStatus> {
  const { customStatus } = await cloud.host.durable.waitFor(
    'shop',
    ({ customStatus: status }) => status !== null && wanted(status as EnvironmentStatus),
  );
  return customStatus as EnvironmentStatus;
}

/** The environment `shop` as it is; somebody has to have built it. */
export function shopOf(cloud: TestCloud): Shop {
  const until = (wanted: (status: EnvironmentStatus) => boolean) => untilShop(cloud, wanted);
  const kubernetes = cloud.clusters.operator(CLUSTER);
  const services = '/api/v1/namespaces/default/services';
  const must = async (answer: ReturnType<CallCluster>) => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  };
  /** Asks again and again, in Azure time; jest's own time limit bounds it. */
  const looked = async (name: string, wanted: (answer: ClusterAnswer) => boolean) => {
    while (!wanted(await kubernetes('GET', `${services}/${name}`))) await cloud.clock.sleep(1000);
  };
  const shown = async () => (await cloud.call('GET', '/environments/shop')).body as unknown as EnvironmentStatus;
  return {
    kubernetes,
    until,
    apply: (name, fields = {}, annotations = {}) =>
      must(
        kubernetes('POST', services, {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, annotations },
          spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: name }, ...fields },
        }),
      ),
    annotate: (name, annotations) =>
      must(kubernetes('PATCH', `${services}/${name}`, { metadata: { annotations } }, 'application/merge-patch+json')),
    remove: (name) => must(kubernetes('DELETE', `${services}/${name}`)),
    gone: (name) => looked(name, ({ status }) => status === 404),
    addressed: (name) =>
      looked(name, ({ body }) => {
        const service = body as { status?: { loadBalancer?: { ingress?: unknown[] } } };
        return (service.status?.loadBalancer?.ingress ?? []).length > 0;
      }),
    sync: async () => {
      const before = await shown();
      // The sync that runs may have looked before now; only the next one counts.
      const wanted = before.counts.syncs + (before.sync?.running === true ? 2 : 1);
      await cloud.call('POST', '/environments/shop/sync');
      return until(({ counts }) => counts.syncs >= wanted);
    },
    rules: async () => {
      const firewall = (await cloud.control('GET', `/state${FIREWALL}`)) as StoredFirewall;
      const own = firewall.properties.natRuleCollections?.find(({ name }) => name === 'shop');
      return own?.properties.rules ?? [];
    },
    firewallWrites: async () => {
      const { requests } = (await cloud.control('GET', '/requests')) as {
        requests: { method: string; path: string; status: number }[];
      };
      return requests.filter(({ method, path, status }) => method === 'PUT' && path === FIREWALL && status < 300)
        .length;
    },
  };
}
