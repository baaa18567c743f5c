import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalAzure } from '../../../local/azure/server.ts';
import type { KubernetesClusters } from '../../../local/cluster.ts';
import type { EnvironmentStatus } from '../../../shared/model/environmentStatus.ts';
import type { Keys } from './startedHost.ts';

/** What the facts see: an app behind HTTP, local Azure behind HTTP, API servers behind HTTPS. */
export interface World {
  readonly azure: LocalAzure;
  readonly clusters: KubernetesClusters;
  readonly origin: string;
  readonly keys: Keys;
  /** Kills the host with all its processes, and starts it again on the same storage. */
  crash(): Promise<void>;
}

/** One thing that the app does on a host; it goes on where the one before ended. */
export interface LifeFact {
  readonly name: string;
  run(world: World): Promise<void>;
}

const GROUP = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups';
const firewallOf = (environment: string) =>
  `${GROUP}/${environment}-rg/providers/Microsoft.Network/azureFirewalls/${environment}-fw`;
const clusterOf = (environment: string) =>
  `${GROUP}/${environment}-rg/providers/Microsoft.ContainerService/managedClusters/${environment}`;
const SERVICES = '/api/v1/namespaces/default/services';

const LOOK_EVERY_MS = 500;
/** Five minutes: many times what each of the facts takes. */
const MOST_LOOKS = 600;

async function call(world: World, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${world.origin}/api${path}`, {
    method,
    headers: { 'x-functions-key': world.keys.function, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

const shown = async (world: World, name: string) =>
  (await call(world, 'GET', `/environments/${name}`)) as EnvironmentStatus;

async function until<Seen>(what: string, look: () => Promise<Seen>, enough: (seen: Seen) => boolean): Promise<Seen> {
  let seen = await look();
  for (let looks = 1; !enough(seen); looks++) {
    assert.ok(looks < MOST_LOOKS, `waited in vain for ${what}; last seen: ${JSON.stringify(seen)}`);
    await delay(LOOK_EVERY_MS);
    seen = await look();
  }
  return seen;
}

async function created(world: World, name: string): Promise<void> {
  const status = await until(
    `${name} to be ready`,
    () => shown(world, name),
    ({ state, counts }) => state === 'failed' || (state === 'ready' && counts.syncs > 0),
  );
  assert.equal(status.state, 'ready', JSON.stringify(status));
  assert.equal(await firewallWrites(world, name), 1, 'the firewall is written once');
}

interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

async function firewallWrites({ azure }: World, name: string): Promise<number> {
  const response = await fetch(`${azure.origin}/_local/requests`);
  const { requests } = (await response.json()) as { requests: readonly LoggedRequest[] };
  return requests.filter(
    ({ method, path, status }) => method === 'PUT' && path === firewallOf(name) && status >= 200 && status < 300,
  ).length;
}

interface Firewall {
  readonly properties: {
    readonly natRuleCollections?: readonly {
      readonly properties: { readonly rules: readonly { readonly name: string }[] };
    }[];
  };
}

async function stored({ azure }: World, id: string): Promise<unknown> {
  return (await fetch(`${azure.origin}/_local/state${id}`)).json();
}

async function ruleNames(world: World, name: string): Promise<readonly string[]> {
  const { properties } = (await stored(world, firewallOf(name))) as Firewall;
  return (properties.natRuleCollections ?? []).flatMap((collection) =>
    collection.properties.rules.map((rule) => rule.name),
  );
}

async function untilRules(world: World, name: string, wanted: readonly string[]): Promise<void> {
  const same = (names: readonly string[]) => JSON.stringify(names) === JSON.stringify(wanted);
  await until(`the rules ${wanted.join(', ')}`, () => ruleNames(world, name), same);
  // A rule stands in Azure's state as soon as it is written; the sync that wrote it has still to end.
  await until(
    'the sync to end',
    () => shown(world, name),
    ({ sync }) => sync?.running !== true,
  );
}

const WEB_RULE = 'shop.default.web.80.tcp';

export const lifeFacts: readonly LifeFact[] = [
  {
    name: 'creation: an environment is built, its firewall written once',
    run: async (world) => {
      await call(world, 'POST', '/environments', { name: 'shop' });
      await created(world, 'shop');
    },
  },
  {
    name: 'ingress: a LoadBalancer service gets its rule by its event',
    run: async (world) => {
      const { status } = await world.clusters.operator(clusterOf('shop'))('POST', SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'web' } },
      });
      assert.equal(status, 201);
      await untilRules(world, 'shop', [WEB_RULE]);
    },
  },
  {
    name: 'drift: a rule that was removed by hand comes back with the drift check, and is told',
    run: async (world) => {
      const firewall = (await stored(world, firewallOf('shop'))) as Firewall;
      const emptied = { ...firewall, properties: { ...firewall.properties, natRuleCollections: [] } };
      const put = await fetch(`${world.azure.origin}/_local/state${firewallOf('shop')}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(emptied),
      });
      assert.ok(put.ok, `local Azure's control interface answered ${put.status}`);
      assert.deepEqual(await ruleNames(world, 'shop'), []);
      const checked = await fetch(`${world.origin}/admin/functions/driftTimer`, {
        method: 'POST',
        headers: { 'x-functions-key': world.keys.master, 'content-type': 'application/json' },
        body: '{}',
      });
      assert.equal(checked.status, 202);
      await untilRules(world, 'shop', [WEB_RULE]);
      const { sync } = await shown(world, 'shop');
      assert.notDeepEqual(sync?.lastChange?.report.drift, []);
    },
  },
  {
    name: 'ingress: the rule goes with its service',
    run: async (world) => {
      const { status } = await world.clusters.operator(clusterOf('shop'))('DELETE', `${SERVICES}/web`);
      assert.ok(status < 300);
      await untilRules(world, 'shop', []);
    },
  },
  {
    name: 'crash: a host that is killed while it builds goes on where it was, and writes nothing twice',
    run: async (world) => {
      await call(world, 'POST', '/environments', { name: 'market' });
      await until(
        'the firewall to be written',
        () => firewallWrites(world, 'market'),
        (writes) => writes > 0,
      );
      await world.crash();
      await created(world, 'market');
    },
  },
  {
    name: 'deletion: an environment that is deleted leaves no firewall behind',
    run: async (world) => {
      await call(world, 'DELETE', '/environments/market');
      await until(
        'the firewall to be gone',
        async () => (await fetch(`${world.azure.origin}/_local/state${firewallOf('market')}`)).status,
        (status) => status === 404,
      );
    },
  },
];
