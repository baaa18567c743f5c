import { objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, NETWORK, type Shop } from '../support/shop.ts';

let cloud: TestCloud;
afterEach(() => cloud.close());

const state = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;

describe.each(['classic', 'policy'])('egress.apiServer with %s rules', (rules) => {
  const spec = (apiServer: boolean, changes: object = {}) => ({
    name: 'shop',
    firewall: { rules },
    egress: { apiServer, allow: { network: [{ name: 'db', destinations: ['198.51.100.20'], ports: ['5432'] }] } },
    ...changes,
  });

  /** The rules that the spec allows, as the firewall or its policy has them. */
  const allowed = async (): Promise<readonly JsonObject[]> => {
    if (rules === 'classic') {
      const collections = objectsAt(await state(FIREWALL), 'properties', 'networkRuleCollections');
      return objectsAt(
        collections.find((one) => one['name'] === 'egress-allow'),
        'properties',
        'rules',
      );
    }
    const group = await state(`${NETWORK}/firewallPolicies/shop-fwpolicy/ruleCollectionGroups/shop`);
    const collections = objectsAt(group, 'properties', 'ruleCollections');
    return objectsAt(
      collections.find(
        (one) => /^egress-allow/.test(stringAt(one, 'name') ?? '') && JSON.stringify(one).includes('"db"'),
      ),
      'rules',
    );
  };
  const names = async () => (await allowed()).map((rule) => rule['name']);
  const changed = async (shop: Shop, next: object) => {
    const before = (await shop.until(() => true)).counts.syncs;
    expect((await cloud.call('PUT', '/environments/shop/spec', next)).status).toBe(202);
    return shop.until(
      ({ state: now, counts, sync }) => now === 'ready' && counts.syncs > before && sync?.running === false,
    );
  };

  test('lets workloads reach the API server once it has a name, and goes with the spec', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, spec(true));
    const fqdn = stringAt(await state(CLUSTER), 'properties', 'fqdn');
    expect(await names()).toEqual(['db', 'gatehouse-api-server']);
    const [, rule] = await allowed();
    expect(rule).toMatchObject({ destinationFqdns: [fqdn], destinationPorts: ['443'] });
    const first = await shop.until(() => true);
    // Its coming is nobody's edit.
    expect([first.counts.driftRepairs, first.findings]).toEqual([0, []]);
    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({ inSync: true });

    // The steps of the creation, which come first, know the name by now.
    await changed(shop, spec(true, { cluster: { nodeCount: 4 } }));
    expect(await names()).toEqual(['db', 'gatehouse-api-server']);
    const writes = await shop.firewallWrites();
    await shop.sync();
    expect(await shop.firewallWrites()).toBe(writes);

    await changed(shop, spec(false, { cluster: { nodeCount: 4 } }));
    expect(await names()).toEqual(['db']);
    await changed(shop, spec(true, { cluster: { nodeCount: 4 } }));
    expect(await names()).toEqual(['db', 'gatehouse-api-server']);
    expect((await shop.sync()).counts.driftRepairs).toBe(0);
  });
});
