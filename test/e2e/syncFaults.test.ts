import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { aToken } from '../local/azure/client.ts';
import { strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, NETWORK, type Shop } from '../support/shop.ts';

const SUBNET = `${NETWORK}/virtualNetworks/shop-vnet/subnets/aks-subnet`;
const DRIFT_PERIOD_MS = 15 * 60_000;
const HOME = '198.51.100.9/32';

let cloud: TestCloud;
let shop: Shop;
beforeEach(async () => {
  // Expiries are judged by the app's clock before they get to the lane's: both begin on the same day here.
  cloud = await startTestCloud({ start: Date.now() });
  shop = await createShop(cloud);
});
afterEach(() => cloud.close());

interface Stored {
  readonly tags?: Record<string, string>;
  readonly properties: Record<string, unknown> & { readonly provisioningState: string };
}

const stored = async (id: string) => (await cloud.control('GET', `/state${id}`)) as Stored;
const shown = async () => (await cloud.call('GET', '/environments/shop')).body as unknown as EnvironmentStatus;
const published = (count: number) =>
  shop.until(({ counts, sync }) => counts.publications === count && sync?.running === false);

/** Somebody else's request to Azure Resource Manager. */
const arm = (method: string, id: string, body?: object) =>
  fetch(`${cloud.azure.origin}${id}?api-version=2025-07-01`, {
    method,
    headers: { authorization: `Bearer ${aToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** What was PUT to what, in order, with its Azure time; only what was accepted. */
async function puts(): Promise<readonly { path: string; time: number; operationSeconds?: number }[]> {
  const { requests } = (await cloud.control('GET', '/requests')) as {
    requests: { method: string; path: string; status: number; time: number; operationSeconds?: number }[];
  };
  return requests.filter(({ method, status }) => method === 'PUT' && status < 300);
}

const ranges = async () => {
  const { apiServerAccessProfile: profile } = (await stored(CLUSTER)).properties;
  return (profile as { authorizedIPRanges: string[] }).authorizedIPRanges;
};

/** Looks again and again, in Azure time; jest's own time limit bounds it. */
async function until<T>(look: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    await cloud.clock.sleep(5000);
  }
}

describe('a rule write', () => {
  test('whose answer was lost is adopted, not repeated, and told as what it was', async () => {
    const before = await shop.firewallWrites();
    await strikeBy(cloud, { fault: 'resetAfter', method: 'PUT', path: FIREWALL, times: 1 });
    await shop.apply('web');
    const { sync, counts } = await published(1);
    expect(await shop.firewallWrites()).toBe(before + 1);
    expect(sync?.lastChange?.report).toMatchObject({ wrote: true, created: 1, probes: [{ result: 'connected' }] });
    expect(counts.firewallWrites).toBe(2);
  });

  test('whose operation fails is made again, and published', async () => {
    const before = await shop.firewallWrites();
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: FIREWALL, times: 2 });
    await shop.apply('web');
    await published(1);
    expect(await shop.firewallWrites()).toBe(before + 3);
    expect((await stored(FIREWALL)).properties.provisioningState).toBe('Succeeded');
  });

  test('that fails each time fails the sync with what to do, and is healed by the next drift check', async () => {
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: FIREWALL, code: 'Broken' });
    await shop.apply('web');
    const failed = await shop.until(({ sync }) => sync?.lastResult === 'failed');
    expect(failed.state).toBe('ready');
    expect(failed.findings[0]?.message).toContain(FIREWALL);
    expect((await stored(FIREWALL)).properties.provisioningState).toBe('Failed');
    await strikeBy(cloud);
    await cloud.clock.sleep(2 * DRIFT_PERIOD_MS);
    expect(await shop.rules()).toHaveLength(1);
    expect((await stored(FIREWALL)).properties.provisioningState).toBe('Succeeded');
    expect((await shown()).sync).toMatchObject({ lastResult: 'done' });
  });

  test('that never ends fails after its deadline, and never meets another', async () => {
    await strikeBy(cloud, { fault: 'operationStalls', seconds: 4 * 3600, method: 'PUT', path: FIREWALL, times: 1 });
    const before = await shop.firewallWrites();
    await shop.apply('web');
    const failed = await shop.until(({ sync }) => sync?.lastResult === 'failed');
    expect(failed.findings[0]?.message).toMatch(/Nothing has come of it for 3 h/);
    await until(shown, ({ counts, sync }) => counts.publications === 1 && sync?.lastResult === 'done');
    expect(await shop.firewallWrites()).toBe(before + 1);
  });

  const theirs = {
    name: 'theirs',
    properties: {
      priority: 5000,
      action: { type: 'Allow' },
      rules: [
        {
          name: 'theirs',
          protocols: ['TCP'],
          sourceAddresses: ['*'],
          destinationAddresses: ['192.0.2.1'],
          destinationPorts: ['443'],
        },
      ],
    },
  };
  const collections = async () => {
    const { networkRuleCollections } = (await stored(FIREWALL)).properties;
    return (networkRuleCollections as { name: string }[]).map(({ name }) => name);
  };
  const anotherPort = async () => {
    await shop.apply('web');
    await published(1);
    await shop.apply('api', { ports: [{ port: 8080 }] });
    await shop.addressed('api');
  };

  test('that comes after somebody else’s has begun waits for it, looks again and keeps it', async () => {
    await strikeBy(
      cloud,
      { fault: 'slow', seconds: 2000, method: 'PUT', path: FIREWALL, after: 1, times: 1 },
      { fault: 'operationStalls', seconds: 4000, method: 'PUT', path: FIREWALL, after: 1, times: 1 },
    );
    await anotherPort();
    const faults = () => cloud.control('GET', '/faults') as Promise<{ rules: { struck: number }[] }>;
    // The app has read the firewall for the last time, and its PUT is on its way.
    await until(faults, ({ rules }) => rules[0]?.struck === 1);
    const firewall = (await (await arm('GET', FIREWALL)).json()) as Stored & {
      properties: { networkRuleCollections: object[] };
    };
    const edited = {
      ...firewall,
      properties: {
        ...firewall.properties,
        networkRuleCollections: [...firewall.properties.networkRuleCollections, theirs],
      },
    };
    expect((await arm('PUT', FIREWALL, edited)).status).toBe(200);
    await published(2);
    expect(await collections()).toEqual(['aksfwnr', 'theirs']);
  });

  test('during which somebody changes other rules tells of it', async () => {
    const before = await shop.firewallWrites();
    await anotherPort();
    await until(
      () => shop.firewallWrites(),
      (writes) => writes === before + 2,
    );
    await cloud.control('PUT', `/state${FIREWALL}/networkRuleCollections/theirs`, theirs);
    const { sync } = await published(2);
    expect(sync?.lastChange?.report.problems).toContainEqual(
      expect.stringContaining('Somebody has changed other rules of the firewall while it was written'),
    );
    expect(await collections()).toEqual(['aksfwnr', 'theirs']);
  });
});

describe('authorized ranges', () => {
  const grant = () => cloud.call('PUT', '/environments/shop/grants/ana', { cidr: HOME });
  const clusterWrites = async () => (await puts()).filter(({ path }) => path === CLUSTER).length;

  test('whose write fails are written again', async () => {
    const before = await clusterWrites();
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: CLUSTER, times: 1 });
    await grant();
    await until(
      () => stored(CLUSTER),
      ({ properties }) => properties.provisioningState === 'Failed',
    );
    await until(
      () => stored(CLUSTER),
      ({ properties }) => properties.provisioningState === 'Succeeded',
    );
    expect(await ranges()).toContain(HOME);
    expect(await clusterWrites()).toBe(before + 2);
  });

  test('that fail each time are told, and written by the next drift check though the list says what is wanted', async () => {
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: CLUSTER, times: 3 });
    await grant();
    const access = async () => (await shown()) as EnvironmentStatus & { access?: { problem?: { code: string } } };
    await until(access, (status) => status.access?.problem !== undefined);
    expect(await ranges()).toContain(HOME);
    expect((await stored(CLUSTER)).properties.provisioningState).toBe('Failed');
    await until(
      () => stored(CLUSTER),
      ({ properties }) => properties.provisioningState === 'Succeeded',
    );
    await until(access, (status) => status.access?.problem === undefined);
  });

  test('let in an address that somebody has added to the firewall, for as long as it has it', async () => {
    const before = await ranges();
    const other = `${NETWORK}/publicIPAddresses/theirs`;
    await cloud.control('PUT', `/state${other}`, {
      location: 'eastus',
      sku: { name: 'Standard' },
      properties: { provisioningState: 'Succeeded', ipAddress: '20.99.99.99', publicIPAllocationMethod: 'Static' },
    });
    const ipConfigurations = (await stored(FIREWALL)).properties['ipConfigurations'] as readonly object[];
    const theirs = { name: 'theirs', properties: { publicIPAddress: { id: other } } };
    const configure = (list: readonly object[]) =>
      cloud.control('PUT', `/state${FIREWALL}`, { properties: { ipConfigurations: list } });
    await configure([...ipConfigurations, theirs]);
    await cloud.call('POST', '/environments/shop/sync');
    const during = await until(ranges, (list) => list.includes('20.99.99.99/32'));
    expect(during).toEqual([...before, '20.99.99.99/32']);
    await until(
      () => stored(CLUSTER),
      ({ properties }) => properties.provisioningState === 'Succeeded',
    );
    await configure(ipConfigurations);
    await cloud.call('POST', '/environments/shop/sync');
    expect(await until(ranges, (list) => !list.includes('20.99.99.99/32'))).toEqual(before);
  });
});

describe('the route table', () => {
  const detachAndStrip = async () => {
    await cloud.control('PUT', `/state${FIREWALL}`, { properties: { networkRuleCollections: [] } });
    await cloud.control('PUT', `/state${SUBNET}`, { properties: { routeTable: null } });
    await cloud.control('PUT', `/state${NETWORK}/virtualNetworks/shop-vnet`, {
      properties: { dhcpOptions: { dnsServers: ['168.63.129.16'] } },
    });
  };
  const attached = async () => (await stored(SUBNET)).properties['routeTable'] !== undefined;

  test('is attached only once the egress rules stand; what else differs of the network is written at once', async () => {
    await detachAndStrip();
    const since = cloud.clock.now();
    await cloud.call('POST', '/environments/shop/sync');
    await until(attached, Boolean);
    const written = (await puts()).filter(({ time }) => time >= since);
    const names = written.map(({ path }) => path.split('/').at(-1));
    expect(names.toSorted()).toEqual(['aks-subnet', 'shop-fw', 'shop-vnet']);
    const firewall = written.find(({ path }) => path === FIREWALL);
    const subnet = written.find(({ path }) => path === SUBNET);
    expect(subnet?.time).toBeGreaterThanOrEqual((firewall?.time ?? 0) + (firewall?.operationSeconds ?? 0) * 1000);
  });

  test('stays off while the firewall can not be written, which is told', async () => {
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: FIREWALL });
    await detachAndStrip();
    await cloud.call('POST', '/environments/shop/sync');
    await shop.until(({ sync }) => sync?.lastResult === 'failed');
    expect(await attached()).toBe(false);
    await strikeBy(cloud);
    await until(attached, Boolean);
    const { networkRuleCollections } = (await stored(FIREWALL)).properties;
    expect(networkRuleCollections).toHaveLength(1);
  });

  test('is not attached by writing a network again whose association has failed', async () => {
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: `${NETWORK}/virtualNetworks/*` });
    await cloud.control('PUT', `/state${SUBNET}`, { properties: { routeTable: null } });
    expect((await shop.sync()).sync?.lastResult).toBe('failed');
    // Said, and not in effect.
    expect(await attached()).toBe(true);
    await strikeBy(cloud, { fault: 'operationFails', method: 'PUT', path: FIREWALL });
    await cloud.control('PUT', `/state${FIREWALL}`, { properties: { networkRuleCollections: [] } });
    const since = cloud.clock.now();
    await shop.sync();
    const written = () => puts().then((all) => all.filter(({ time }) => time >= since).map(({ path }) => path));
    expect(new Set(await written())).toEqual(new Set([FIREWALL]));

    await strikeBy(cloud);
    await shop.sync();
    const network = `${NETWORK}/virtualNetworks/shop-vnet`;
    await until(
      () => stored(network),
      ({ properties }) => properties['provisioningState'] === 'Succeeded',
    );
    expect((await written()).filter((path) => path === network)).toHaveLength(1);
    expect(cloud.azure.inEffect(network)).toMatchObject({
      properties: { subnets: expect.arrayContaining([expect.objectContaining({ name: 'aks-subnet' })]) as unknown },
    });
    expect(await attached()).toBe(true);
  });
});
