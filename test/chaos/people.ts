import { at, objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { clusterClient, type CallCluster } from '../../local/clusterClient.ts';
import type { TestCloud } from '../support/localCloud.ts';
import type { Random } from './random.ts';
import { CLUSTER_SUBNET, ids, OUTBOUND_RANGE, rangesOf, type ForeignObject } from './world.ts';
import type { Watch } from './watch.ts';

const serviceNames = Array.from({ length: 12 }, (_, index) => `svc-${index}`);
const labels = ['ada', 'grace', 'linus'];
const services = '/api/v1/namespaces/default/services';

interface Scene {
  readonly cloud: TestCloud;
  readonly random: Random;
  readonly watch: Watch;
}

/** Something that people do; false where it could not be done, because what it needs is not there or is busy. */
type Act = (scene: Scene) => Promise<boolean>;

/** What people do to services, with kubectl: where the API server can't be reached, they can't either. */
const serviceActs: Readonly<Record<string, Act>> = {
  apply: async (scene) => {
    const { random } = scene;
    return apply(scene, random.pick(serviceNames));
  },
  burst: async (scene) => {
    const names = serviceNames.filter(() => scene.random.happens(0.5));
    for (const name of names) await apply(scene, name);
    return names.length > 0;
  },
  annotate: async ({ cloud, random }) => {
    const annotations = random.pick<Record<string, string | null>>([
      { 'gatehouse.dev/sources': '198.51.100.0/24' },
      { 'gatehouse.dev/sources': 'everybody' },
      { 'gatehouse.dev/sources': null },
      { 'gatehouse.dev/ports': '8443:80' },
      { 'gatehouse.dev/ports': null },
      { 'gatehouse.dev/expose': 'false' },
      { 'gatehouse.dev/expose': null },
    ]);
    const path = `${services}/${random.pick(serviceNames)}`;
    return kubectl(cloud, 'PATCH', path, { metadata: { annotations } }, 'application/merge-patch+json');
  },
  remove: async ({ cloud, random }) => kubectl(cloud, 'DELETE', `${services}/${random.pick(serviceNames)}`),
  removeMany: async ({ cloud, random }) => {
    const names = serviceNames.filter(() => random.happens(0.7));
    for (const name of names) await kubectl(cloud, 'DELETE', `${services}/${name}`);
    return names.length > 0;
  },
};

/** What people do by hand, in the portal, to what Gatehouse keeps. */
const edits: Readonly<Record<string, Act>> = {
  dropRule: (scene) => editRules(scene, (rules) => rules.slice(1)),
  changeRule: (scene) =>
    editRules(scene, ([first, ...others]) => [
      ...(first === undefined ? [] : [{ ...first, translatedPort: '1' }]),
      ...others,
    ]),
  dropCollection: (scene) =>
    editFirewall(scene, 'natRuleCollections', (all) => all.filter(({ name }) => name !== 'shop')),
  dropEgress: async (scene) => {
    const list = scene.random.pick(['networkRuleCollections', 'applicationRuleCollections']);
    return scene.watch.tamper('egress', () => editFirewall(scene, list, (all) => all.filter(isForeign)));
  },
  changeEgress: (scene) =>
    scene.watch.tamper('egress', () =>
      editFirewall(scene, 'networkRuleCollections', (all) =>
        all.map((one) =>
          isForeign(one) ? one : withRules(one, (rules) => (rules.length > 1 ? rules.slice(1) : rules)),
        ),
      ),
    ),
  threatIntelligence: (scene) => put(scene, ids.firewall, { properties: { threatIntelMode: 'Off' } }),
  dnsProxy: (scene) =>
    put(scene, ids.firewall, { properties: { additionalProperties: { 'Network.DNS.EnableProxy': 'false' } } }),
  dnsServers: (scene) => put(scene, ids.network, { properties: { dhcpOptions: { dnsServers: ['168.63.129.16'] } } }),
  detach: (scene) =>
    scene.watch.tamper('egress', () =>
      put(scene, `${ids.network}/subnets/${CLUSTER_SUBNET}`, { properties: { routeTable: null } }),
    ),
  /** Both at once: whoever attaches the table again before the rules stand cuts the nodes off. */
  dropEgressAndDetach: (scene) =>
    scene.watch.tamper('egress', async () => {
      const stripped = await editFirewall(scene, 'networkRuleCollections', (all) => all.filter(isForeign));
      const subnet = `${ids.network}/subnets/${CLUSTER_SUBNET}`;
      return (await put(scene, subnet, { properties: { routeTable: null } })) || stripped;
    }),
  dropRoute: async (scene) => {
    const table = await resource(scene.cloud, ids.table);
    const routes = objectsAt(table, 'properties', 'routes');
    return scene.watch.tamper('egress', () =>
      put(scene, ids.table, { properties: { routes: routes.filter(isForeign) } }),
    );
  },
  dropRanges: async (scene) => {
    const ranges = rangesOf(await resource(scene.cloud, ids.cluster));
    const left = scene.random.pick([[], ranges.filter((range) => range !== OUTBOUND_RANGE), ranges.slice(0, 1)]);
    const foreign = ranges.filter((range) => range.startsWith('192.88.99.'));
    const authorizedIPRanges = [...new Set([...left, ...foreign])];
    return scene.watch.tamper('ranges', () =>
      put(scene, ids.cluster, { properties: { apiServerAccessProfile: { authorizedIPRanges } } }),
    );
  },
};

/** What people have beside what Gatehouse keeps, and take away again. */
const foreignActs: Readonly<Record<string, Act>> = {
  addForeign: async (scene) => {
    if (!scene.watch.seesForeign()) return false;
    const frontend = stringAt(await resource(scene.cloud, ids.publicIp), 'properties', 'ipAddress') ?? '';
    const object = foreignObject(scene.random, frontend);
    if (scene.watch.foreign.some((other) => other.list === object.list && other.name === object.name)) return false;
    const owner = await resource(scene.cloud, object.resource);
    if (owner === undefined || isBusy(owner)) return false;
    const all = objectsAt(owner, 'properties', object.list);
    const added = [...all, { name: object.name, properties: object.properties }];
    if (!(await put(scene, object.resource, { properties: { [object.list]: added } }))) return false;
    scene.watch.addForeign(object);
    return true;
  },
  removeForeign: async (scene) => {
    const { foreign } = scene.watch;
    if (foreign.length === 0 || !scene.watch.seesForeign()) return false;
    const object = scene.random.pick(foreign);
    const owner = await resource(scene.cloud, object.resource);
    const left = objectsAt(owner, 'properties', object.list).filter(({ name }) => name !== object.name);
    if (owner === undefined || isBusy(owner)) return false;
    // What goes is no longer watched from before it goes.
    scene.watch.removeForeign(object);
    return put(scene, object.resource, { properties: { [object.list]: left } });
  },
};

/** What people ask of Gatehouse. */
const requests: Readonly<Record<string, Act>> = {
  sync: ({ cloud }) => asked(cloud, 'POST', '/sync'),
  grant: ({ cloud, random }) => {
    const hours = 1 + random.below(20);
    const cidr = `198.51.${100 + random.below(20)}.${random.below(250)}/32`;
    const expires = random.happens(0.7)
      ? { expires: new Date(cloud.clock.now() + hours * 3_600_000).toISOString() }
      : {};
    return asked(cloud, 'PUT', `/grants/${random.pick(labels)}`, { cidr, ...expires });
  },
  revoke: ({ cloud, random }) => asked(cloud, 'DELETE', `/grants/${random.pick(labels)}`),
  approve,
};

/** What the app answers by asking Azure and Kubernetes takes its time. */
const looks: Readonly<Record<string, Act>> = {
  look: ({ cloud, random }) => asked(cloud, 'GET', random.pick(['', '/services', '/drift'])),
};

/** Does something while virtual time stands still. */
export async function still<T>(cloud: TestCloud, work: () => Promise<T>): Promise<T> {
  const release = cloud.clock.busy();
  try {
    return await work();
  } finally {
    release();
  }
}

/** What is done in the portal, with kubectl or by a signal takes no time: nothing else happens meanwhile. */
const heldStill =
  (act: Act): Act =>
  (scene) =>
    still(scene.cloud, () => act(scene));

/** Everything that people do, and how often each is done among the rest. */
const acts: readonly (readonly [string, Act, number])[] = [
  ...weighted(serviceActs, 4, heldStill),
  ...weighted(edits, 1, heldStill),
  ...weighted(foreignActs, 2, heldStill),
  ...weighted(requests, 2, heldStill),
  ...weighted(looks, 2),
];

function weighted(named: Readonly<Record<string, Act>>, weight: number, how = (act: Act): Act => act) {
  return Object.entries(named).map(([name, act]) => [name, how(act), weight] as const);
}

/** Lets somebody do something. @returns what was done; undefined where it could not be done */
export async function actOnce(scene: Scene): Promise<string | undefined> {
  const total = acts.reduce((sum, [, , weight]) => sum + weight, 0);
  let drawn = scene.random.below(total);
  for (const [name, act, weight] of acts) {
    drawn -= weight;
    if (drawn < 0) return (await act(scene)) ? name : undefined;
  }
  return undefined;
}

/** Releases deletions that are held, as an operator does who has looked at them. */
export async function approve({ cloud }: Pick<Scene, 'cloud'>): Promise<boolean> {
  const { body } = await cloud.call('GET', '/environments/shop');
  const hash = at(body, 'sync', 'report', 'held', 'hash');
  return typeof hash === 'string' && asked(cloud, 'POST', '/approve', { plan: hash });
}

async function apply({ cloud, random }: Scene, name: string): Promise<boolean> {
  const ports = random.pick<JsonObject[]>([
    [{ port: 80 }],
    [{ port: 443 }],
    [{ port: 8000 + random.below(6) }],
    [{ port: 53, protocol: 'UDP' }],
    [
      { name: 'web', port: 80 },
      { name: 'tls', port: 443 },
    ],
    [
      { name: 'a', port: 9000 + random.below(6) },
      { name: 'b', port: 9100 + random.below(6) },
    ],
  ]);
  const internal = random.happens(0.15) ? { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' } : {};
  return kubectl(cloud, 'POST', services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations: internal },
    spec: { type: 'LoadBalancer', ports, selector: { app: name } },
  });
}

let kubeconfigs = new WeakMap<TestCloud, CallCluster>();

async function kubectl(cloud: TestCloud, method: string, path: string, body?: object, type?: string): Promise<boolean> {
  const kubernetes = cloud.clusters.find(ids.cluster);
  if (kubernetes === undefined) return false;
  const call = kubeconfigs.get(cloud) ?? clusterClient(kubernetes.kubeconfig('user'));
  kubeconfigs = kubeconfigs.set(cloud, call);
  try {
    return (await call(method, path, body, type)).status < 300;
  } catch (error) {
    // The API server is down, or the ranges keep everybody out.
    // Errors of the runtime are of another realm than jest's: their code tells.
    if (typeof (error as { code?: unknown }).code === 'string' || error instanceof SyntaxError) return false;
    throw error;
  }
}

/** A call of the app that must never be answered with a failure of the app itself. */
async function asked(cloud: TestCloud, method: string, path: string, body?: object): Promise<boolean> {
  const { status, text } = await cloud.call(method, `/environments/shop${path}`, body);
  if (status === 500) throw new Error(`${method} ${path} answered 500: ${text}`);
  return status < 300;
}

const isForeign = (one: JsonObject) => (stringAt(one, 'name') ?? '').startsWith('foreign');

const resource = (cloud: TestCloud, id: string): Promise<JsonObject | undefined> =>
  cloud.control('GET', `/state${id}`).then(
    (body) => body as JsonObject,
    () => undefined,
  );

/** Azure refuses whoever writes to what is being written; a network with a subnet that is, too. */
const isBusy = (owner: JsonObject) =>
  !['Succeeded', 'Failed', 'Canceled'].includes(stringAt(owner, 'properties', 'provisioningState') ?? '');

async function put({ cloud }: Scene, id: string, body: JsonObject): Promise<boolean> {
  const owner = await resource(cloud, id.replace(/\/subnets\/.*$/, ''));
  if (owner === undefined || isBusy(owner)) return false;
  await cloud.control('PUT', `/state${id}`, body);
  return true;
}

async function editFirewall(
  scene: Scene,
  list: string,
  edit: (collections: readonly JsonObject[]) => readonly JsonObject[],
): Promise<boolean> {
  const all = objectsAt(await resource(scene.cloud, ids.firewall), 'properties', list);
  return put(scene, ids.firewall, { properties: { [list]: edit(all) } });
}

const editRules = (scene: Scene, edit: (rules: readonly JsonObject[]) => readonly JsonObject[]) =>
  editFirewall(scene, 'natRuleCollections', (all) =>
    all
      .map((one) => (one['name'] === 'shop' ? withRules(one, edit) : one))
      // Azure has no collection without rules.
      .filter((one) => objectsAt(one, 'properties', 'rules').length > 0),
  );

function withRules(collection: JsonObject, edit: (rules: readonly JsonObject[]) => readonly JsonObject[]): JsonObject {
  const { properties } = collection as { properties: JsonObject };
  return { ...collection, properties: { ...properties, rules: edit(objectsAt(properties, 'rules')) } };
}

function foreignObject(random: Random, frontend: string): ForeignObject {
  const number = random.below(4);
  const name = `foreign-${number}`;
  const kind = random.pick(['nat', 'network', 'application', 'route'] as const);
  const priority = 30_000 + number;
  switch (kind) {
    case 'nat': {
      const rule = {
        name: 'r',
        protocols: ['TCP'],
        sourceAddresses: ['*'],
        destinationAddresses: [frontend],
        destinationPorts: [String(20_000 + number)],
        translatedAddress: '10.42.9.9',
        translatedPort: '80',
      };
      return {
        resource: ids.firewall,
        list: 'natRuleCollections',
        name,
        properties: { priority, action: { type: 'Dnat' }, rules: [rule] },
      };
    }
    case 'network': {
      const rule = {
        name: 'r',
        protocols: ['TCP'],
        sourceAddresses: ['10.42.1.0/24'],
        destinationAddresses: ['192.0.2.1'],
        destinationPorts: [String(1000 + number)],
      };
      return {
        resource: ids.firewall,
        list: 'networkRuleCollections',
        name,
        properties: { priority, action: { type: 'Allow' }, rules: [rule] },
      };
    }
    case 'application': {
      const rule = {
        name: 'r',
        sourceAddresses: ['10.42.1.0/24'],
        protocols: [{ protocolType: 'Https', port: 443 }],
        targetFqdns: [`host-${number}.example.com`],
      };
      return {
        resource: ids.firewall,
        list: 'applicationRuleCollections',
        name,
        properties: { priority, action: { type: 'Allow' }, rules: [rule] },
      };
    }
    case 'route':
      return {
        resource: ids.table,
        list: 'routes',
        name,
        properties: { addressPrefix: `192.0.2.${number}/32`, nextHopType: 'None' },
      };
  }
}
