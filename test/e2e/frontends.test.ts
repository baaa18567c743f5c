import { objectsAt, stringAt, stringsAt, type JsonObject } from '../../local/azure/json.ts';
import { contains, rangeOf } from '../../shared/model/ipRange.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, NETWORK, type Shop } from '../support/shop.ts';

const ROUTE_TABLE = `${NETWORK}/routeTables/shop-fwrt`;
const PREFIX = `${NETWORK}/publicIPPrefixes/shop-fwipprefix`;

let cloud: TestCloud;
const stored = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;
const addressOf = async (name: string) =>
  stringAt(await stored(`${NETWORK}/publicIPAddresses/${name}`), 'properties', 'ipAddress') ?? '';
const routesToInternet = async () =>
  objectsAt(await stored(ROUTE_TABLE), 'properties', 'routes')
    .filter((route) => stringAt(route, 'properties', 'nextHopType') === 'Internet')
    .map((route) => stringAt(route, 'properties', 'addressPrefix'));
const configurations = async () =>
  objectsAt(await stored(FIREWALL), 'properties', 'ipConfigurations').map((one) => stringAt(one, 'name'));

describe('three frontends', () => {
  let shop: Shop;
  let range: string;

  beforeAll(async () => {
    cloud = await startTestCloud();
    shop = await createShop(cloud, { firewall: { publicIpCount: 3 } });
    range = stringAt(await stored(PREFIX), 'properties', 'ipPrefix') ?? '';
  });
  afterAll(() => cloud.close());

  test('come from one prefix, with one firewall write, one route and one authorized range', async () => {
    expect(range).toMatch(/\/30$/);
    const names = ['shop-fwpublicip', 'shop-fwpublicip-2', 'shop-fwpublicip-3'];
    for (const address of await Promise.all(names.map(addressOf))) {
      const [outer, inner] = [rangeOf(range), rangeOf(address)];
      expect(outer !== undefined && inner !== undefined && contains(outer, inner)).toBe(true);
    }
    expect(await configurations()).toEqual(['shop-fwconfig', 'shop-fwconfig-2', 'shop-fwconfig-3']);
    expect(await shop.firewallWrites()).toBe(1);
    expect(await routesToInternet()).toEqual([range]);
    const ranges = stringsAt(await stored(CLUSTER), 'properties', 'apiServerAccessProfile', 'authorizedIPRanges');
    expect(ranges).toEqual([range, expect.stringMatching(/\/32$/)]);
  });

  test('take the same port of several services, the oldest first', async () => {
    for (const name of ['one', 'two', 'three', 'four']) {
      await shop.apply(name);
      await shop.addressed(name);
    }
    await shop.until(({ counts, sync }) => counts.publications === 3 && sync?.running === false);
    const rules = await shop.rules();
    expect(rules.map(({ destinationPorts }) => destinationPorts)).toEqual([['80'], ['80'], ['80']]);
    expect(new Set(rules.flatMap(({ destinationAddresses }) => destinationAddresses)).size).toBe(3);
    for (const { destinationAddresses } of rules) {
      const packet = { from: '198.51.100.23', to: destinationAddresses[0], port: 80 };
      expect(await cloud.control('POST', '/probe', packet)).toMatchObject({ reachable: true });
    }
    const { body } = await cloud.call('GET', '/environments/shop/services');
    expect(body).toMatchObject({ skipped: [{ service: 'four', code: 'frontend-port-taken' }] });
  });

  test('of which somebody changes one, or the route of which somebody deletes, are put right', async () => {
    const { properties } = (await stored(FIREWALL)) as { properties: { ipConfigurations: JsonObject[] } };
    await cloud.control('PUT', `/state${FIREWALL}`, {
      properties: { ipConfigurations: properties.ipConfigurations.slice(0, 2), natRuleCollections: [] },
    });
    await cloud.control('DELETE', `/state${ROUTE_TABLE}/routes/shop-fwinternet`);
    const { counts } = await shop.until(() => true);
    await shop.sync();
    await shop.until(({ counts: now, sync }) => now.driftRepairs > counts.driftRepairs && sync?.running === false);
    expect(await configurations()).toEqual(['shop-fwconfig', 'shop-fwconfig-2', 'shop-fwconfig-3']);
    expect(await routesToInternet()).toEqual([range]);
    // What has no way back is not published; the next look finds the way.
    await shop.sync();
    await shop.until(({ counts: now }) => now.publications === 3);
    expect(await shop.rules()).toHaveLength(3);
  });

  test('go completely', async () => {
    expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
    await cloud.untilState('shop', 'deleted', 'failed');
    const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
    expect(resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'))).toEqual([]);
  });
});

describe('the number of frontends of a living environment', () => {
  let shop: Shop;
  let first: string;

  beforeAll(async () => {
    cloud = await startTestCloud();
    shop = await createShop(cloud);
    first = await addressOf('shop-fwpublicip');
    await shop.apply('web');
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  });
  afterAll(() => cloud.close());

  const authorized = async () =>
    stringsAt(await stored(CLUSTER), 'properties', 'apiServerAccessProfile', 'authorizedIPRanges');
  const publicIps = async () => {
    const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
    const ours = resources.filter(({ id }) => /\/publicIP(Addresses|Prefixes)\/shop-/.test(id));
    return ours.map(({ id }) => id.slice(id.lastIndexOf('/') + 1)).sort();
  };
  const apply = async (publicIpCount: number) => {
    const before = (await shop.until(() => true)).counts.syncs;
    const spec = { name: 'shop', firewall: { publicIpCount } };
    expect((await cloud.call('PUT', '/environments/shop/spec', spec)).status).toBe(202);
    await shop.until(
      ({ state, counts, sync }) => state === 'ready' && counts.syncs > before && sync?.running === false,
    );
  };
  /** Ids of what was PUT since, in that order, each once. */
  const writtenSince = async (count: number) => {
    const { requests } = (await cloud.control('GET', '/requests')) as { requests: { method: string; path: string }[] };
    const puts = requests.slice(count).filter(({ method }) => method === 'PUT');
    return [...new Set(puts.map(({ path }) => path))];
  };
  const requestCount = async () =>
    ((await cloud.control('GET', '/requests')) as { requests: unknown[] }).requests.length;

  test('grows: the API server lets the new ones in before the firewall sends from them', async () => {
    const before = await requestCount();
    await apply(3);
    expect(await publicIps()).toEqual(['shop-fwipprefix', 'shop-fwpublicip', 'shop-fwpublicip-2', 'shop-fwpublicip-3']);
    expect(await addressOf('shop-fwpublicip')).toBe(first);
    const range = stringAt(await stored(PREFIX), 'properties', 'ipPrefix');
    expect(range).toMatch(/\/31$/);
    expect(await routesToInternet()).toEqual([`${first}/32`, range]);
    expect(await authorized()).toEqual([`${first}/32`, expect.stringMatching(/\/32$/), range]);
    expect(await writtenSince(before)).toEqual([
      PREFIX,
      `${NETWORK}/publicIPAddresses/shop-fwpublicip-2`,
      `${NETWORK}/publicIPAddresses/shop-fwpublicip-3`,
      CLUSTER,
      FIREWALL,
      ROUTE_TABLE,
    ]);
  });

  test('and what had no place is published on a new one', async () => {
    await shop.apply('two');
    await shop.until(({ counts, sync }) => counts.publications === 2 && sync?.running === false);
    const addresses = (await shop.rules()).map(({ destinationAddresses }) => destinationAddresses[0]);
    expect(addresses).toEqual([first, await addressOf('shop-fwpublicip-2')]);
  });

  test('shrinks: publications move in the very write that takes the frontends away', async () => {
    await shop.remove('web');
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    const writes = await shop.firewallWrites();
    await apply(1);
    expect(await configurations()).toEqual(['shop-fwconfig']);
    expect((await shop.rules()).map(({ destinationAddresses }) => destinationAddresses)).toEqual([[first]]);
    expect(await shop.firewallWrites()).toBe(writes + 1);
  });

  test('then routes and ranges go, and the addresses last of all', async () => {
    await shop.sync();
    expect(await routesToInternet()).toEqual([`${first}/32`]);
    while ((await authorized()).length > 2) await cloud.clock.sleep(10_000);
    expect(await authorized()).toEqual([`${first}/32`, expect.stringMatching(/\/32$/)]);
    await shop.sync();
    expect(await publicIps()).toEqual(['shop-fwpublicip']);
    const { requests } = (await cloud.control('GET', '/requests')) as { requests: { method: string; path: string }[] };
    const firstDeletion = requests.findIndex(({ method }) => method === 'DELETE');
    const lastWrite = (id: string) => requests.findLastIndex(({ method, path }) => method === 'PUT' && path === id);
    expect(firstDeletion).toBeGreaterThan(Math.max(lastWrite(ROUTE_TABLE), lastWrite(CLUSTER), lastWrite(FIREWALL)));
    const { sync } = await shop.sync();
    expect(sync?.report).toMatchObject({ drift: [], writes: [] });
  });

  test('shrinks only as far as the rules of others let it', async () => {
    await apply(2);
    const second = await addressOf('shop-fwpublicip-2');
    const rule = {
      name: 'ssh',
      protocols: ['TCP'],
      sourceAddresses: ['*'],
      destinationAddresses: [second],
      destinationPorts: ['22'],
      translatedAddress: '10.42.1.4',
      translatedPort: '22',
    };
    const properties = { priority: 500, action: { type: 'Dnat' }, rules: [rule] };
    const firewall = (await stored(FIREWALL)) as { properties: { natRuleCollections: JsonObject[] } };
    await cloud.control('PUT', `/state${FIREWALL}`, {
      properties: { natRuleCollections: [...firewall.properties.natRuleCollections, { name: 'theirs', properties }] },
    });
    await apply(1);
    expect(await configurations()).toEqual(['shop-fwconfig', 'shop-fwconfig-2']);
    const { sync } = await shop.sync();
    expect(sync?.report?.problems).toEqual([
      'The frontend shop-fwconfig-2 is no longer in the spec and stays, because the DNAT rule ssh is for it. Remove or move the rule.',
    ]);
    expect(await routesToInternet()).toContain(`${second}/32`);
    expect(await authorized()).toContain(`${second}/32`);
    await cloud.control('DELETE', `/state${FIREWALL}/natRuleCollections/theirs`);
    await shop.sync();
    expect(await configurations()).toEqual(['shop-fwconfig']);
  });
});

describe('a number of frontends', () => {
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(() => cloud.close());
  const plan = async (publicIpCount: number) =>
    (await cloud.call('POST', '/plans', { name: 'shop', firewall: { publicIpCount } })).body;

  test('beyond what a firewall takes is refused', async () => {
    expect(await plan(251)).toMatchObject({
      problems: [{ path: 'firewall.publicIpCount', remedy: 'Give at most 250.' }],
    });
  });

  test('beyond the quota is told before anything is written', async () => {
    await cloud.control('PUT', '/quotas', { eastus: { PublicIPAddresses: 10 } });
    expect(await plan(17)).toMatchObject({
      problems: [{ message: expect.stringContaining('PublicIPAddresses') as string }],
      resources: expect.arrayContaining([
        expect.objectContaining({ id: PREFIX, action: 'create' }),
        expect.objectContaining({ id: `${NETWORK}/publicIPAddresses/shop-fwpublicip-17`, action: 'create' }),
      ]) as unknown,
      conflicts: [],
    });
  });
});
