import { at, objectsAt, stringAt, type Json, type JsonObject } from '../../local/azure/json.ts';
import { clusterClient } from '../../local/clusterClient.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import type { TestCloud } from '../support/localCloud.ts';
import { CLUSTER, FIREWALL, NETWORK } from '../support/shop.ts';

/** Something that the app is in the middle of when it is killed. */
export interface Scenario {
  /** Whether it begins with a ready environment in which `web` is published at port 80. */
  readonly onReady: boolean;
  /** Sets it going; after a kill it is set going again, as whoever got no answer would. */
  begin(cloud: TestCloud): Promise<void>;
  /** @param begunAt when everybody had got the answers, epoch ms of Azure time */
  done(cloud: TestCloud, begunAt: number): Promise<boolean>;
}

const HOUR_MS = 3_600_000;
const HOME = '198.51.100.9/32';
const services = '/api/v1/namespaces/default/services';

export const scenarios: Readonly<Record<string, Scenario>> = {
  creation: {
    onReady: false,
    begin: create,
    done: isSynced,
  },

  /** One service appears, one changes its port. */
  sync: {
    onReady: true,
    begin: async (cloud) => {
      // The address of an internal load balancer can be asked for, and so is the same in every run.
      await kubectl(cloud, 'POST', services, aService('api', 8080, anInternalAddress));
      await kubectl(cloud, 'PATCH', `${services}/web`, { spec: { ports: [{ port: 81 }] } });
    },
    done: async (cloud) => {
      const ports = (await rules(cloud)).flatMap((rule) => rule['destinationPorts'] as readonly string[]);
      return ports.toSorted().join() === '8080,81' && isSynced(cloud);
    },
  },

  grantExpiry: {
    onReady: true,
    begin: async (cloud) => {
      if ((await shown(cloud))?.access?.grants.some(({ label }) => label === 'ana') === true) return;
      const expires = new Date(cloud.clock.now() + HOUR_MS).toISOString();
      await accepted(cloud, 'PUT', '/environments/shop/grants/ana', { cidr: HOME, expires });
    },
    done: async (cloud, begunAt) => {
      if (cloud.clock.now() <= begunAt + HOUR_MS) return false;
      const access = (await shown(cloud))?.access;
      return access?.grants.length === 0 && access.state === 'waiting' && !(await ranges(cloud)).includes(HOME);
    },
  },

  /** Somebody has removed the rule and an egress collection, and detached the route table. */
  driftRepair: {
    onReady: true,
    begin: async (cloud) => {
      await cloud.control('PUT', `/state${FIREWALL}`, {
        properties: { natRuleCollections: [], applicationRuleCollections: [] },
      });
      const subnet = `${NETWORK}/virtualNetworks/shop-vnet/subnets/aks-subnet`;
      await cloud.control('PUT', `/state${subnet}`, { properties: { routeTable: null } });
      await accepted(cloud, 'POST', '/environments/shop/sync');
    },
    done: async (cloud) => {
      const subnet = await stored(cloud, `${NETWORK}/virtualNetworks/shop-vnet/subnets/aks-subnet`);
      return (
        (await rules(cloud)).length === 1 &&
        at(subnet, 'properties', 'routeTable', 'id') !== undefined &&
        stringAt(subnet, 'properties', 'provisioningState') === 'Succeeded' &&
        isSynced(cloud)
      );
    },
  },

  /** A second cluster comes, and the environment is kept true with both. */
  secondCluster: {
    onReady: true,
    begin: async (cloud) => {
      const spec = { name: 'shop', clusters: [{ name: 'shop' }, { name: 'green', identity: 'user-assigned' }] };
      await accepted(cloud, 'PUT', '/environments/shop/spec', spec);
    },
    done: async (cloud) => {
      const status = await shown(cloud);
      const isBuilt = status?.steps.some(({ name, state }) => name === 'cluster:green' && state === 'done');
      return isBuilt === true && (await rules(cloud)).length === 1 && isSynced(cloud);
    },
  },

  teardown: {
    onReady: true,
    begin: async (cloud) => void (await cloud.call('DELETE', '/environments/shop')),
    done: async (cloud) => (await shown(cloud))?.state === 'deleted',
  },
};

/** The environment that the others begin with. */
export const prepared: Scenario = {
  onReady: false,
  begin: async (cloud) => {
    await create(cloud);
    await cloud.untilState('shop', 'ready', 'failed');
    await kubectl(cloud, 'POST', services, aService('web', 80));
  },
  done: async (cloud) => (await rules(cloud)).length === 1 && isSynced(cloud),
};

type Shown = EnvironmentStatus & {
  readonly access?: { readonly state: string; readonly grants: readonly { readonly label: string }[] };
};

async function create(cloud: TestCloud): Promise<void> {
  if ((await shown(cloud)) === undefined) await accepted(cloud, 'POST', '/environments', { name: 'shop' });
}

async function isSynced(cloud: TestCloud): Promise<boolean> {
  const status = await shown(cloud);
  return status?.state === 'ready' && status.counts.syncs > 0 && status.sync?.running === false;
}

async function shown(cloud: TestCloud): Promise<Shown | undefined> {
  const { status, body } = await cloud.call('GET', '/environments/shop');
  return status === 200 ? (body as unknown as Shown) : undefined;
}

async function accepted(cloud: TestCloud, method: string, path: string, body?: object): Promise<void> {
  const { status, text } = await cloud.call(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
}

async function rules(cloud: TestCloud): Promise<readonly JsonObject[]> {
  const firewall = await stored(cloud, FIREWALL);
  if (stringAt(firewall, 'properties', 'provisioningState') !== 'Succeeded') return [];
  const own = objectsAt(firewall, 'properties', 'natRuleCollections').find(({ name }) => name === 'shop');
  return objectsAt(own, 'properties', 'rules');
}

async function ranges(cloud: TestCloud): Promise<readonly Json[]> {
  const cluster = await stored(cloud, CLUSTER);
  const list = at(cluster, 'properties', 'apiServerAccessProfile', 'authorizedIPRanges');
  return Array.isArray(list) ? (list as Json[]) : [];
}

const stored = async (cloud: TestCloud, id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;

const anInternalAddress = {
  annotations: {
    'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
    'gatehouse.dev/expose': 'true',
    'gatehouse.dev/sources': '198.51.100.0/24',
  },
  loadBalancerIP: '10.42.1.200',
};

const aService = (
  name: string,
  port: number,
  { annotations = {}, ...more }: { readonly annotations?: JsonObject; readonly loadBalancerIP?: string } = {},
): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, annotations },
  spec: { type: 'LoadBalancer', ports: [{ port }], selector: { app: name }, ...more },
});

async function kubectl(cloud: TestCloud, method: string, path: string, body: JsonObject): Promise<void> {
  const kubeconfig = cloud.clusters.find(CLUSTER)?.kubeconfig('user');
  if (kubeconfig === undefined) throw new Error('The cluster does not run.');
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const { status } = await clusterClient(kubeconfig)(method, path, body, type);
  // What was made before the kill is there.
  if (status >= 300 && status !== 409) throw new Error(`${method} ${path} answered ${status}`);
}
