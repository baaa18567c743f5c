import creator from '../../infra/roles/creator.json' with { type: 'json' };
import syncer from '../../infra/roles/syncer.json' with { type: 'json' };
import { appRole } from '../../local/appRole.ts';
import type { LoggedRequest } from '../../local/azure/requestLog.ts';
import { clusterClient } from '../../local/clusterClient.ts';
import { buildExisting } from '../../local/existing.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, GROUP, NETWORK, SUBSCRIPTION, type Shop } from '../support/shop.ts';
import { aJumpbox } from '../support/spec.ts';
import { usedActions, type UsedActions } from '../support/usedActions.ts';

const HUB = `${SUBSCRIPTION}/resourceGroups/hub-rg/providers/Microsoft.Network`;
const HUB_FIREWALL = `${HUB}/azureFirewalls/hub-fw`;
const hubCluster = (name: string, group: string) =>
  `${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
const BLUE = hubCluster('blue', 'hub-rg');
const GREEN = hubCluster('green', 'green-rg');
const PEOPLE = `${SUBSCRIPTION}/resourceGroups/people-rg`;
const KUBELET = `${PEOPLE}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kubelet`;

let cloud: TestCloud;
/** Who notes the actions that the app uses now. */
let listening: readonly UsedActions[] = [];

async function begin(): Promise<void> {
  cloud = await startTestCloud({
    start: Date.now(),
    onRequest: (request: LoggedRequest) => {
      for (const used of listening) used.add(request);
    },
  });
}
afterEach(async () => {
  listening = [];
  await cloud.close();
});

const assigned = (role: 'creator' | 'syncer', ...without: string[]) => {
  const { actions, ...rest } = appRole(role);
  return { ...rest, actions: actions.filter((action) => !without.includes(action)) };
};
/** What a foreign hand does in the portal. */
const byHand = (id: string, properties: object) => cloud.control('PUT', `/state${id}`, { properties });
const removed = async (name = 'shop') => {
  expect((await cloud.call('DELETE', `/environments/${name}`)).status).toBe(202);
  return cloud.untilState(name, 'deleted', 'failed');
};

describe('the roles in infra/roles hold what the app uses, and nothing else', () => {
  const all = usedActions();
  const once = usedActions();
  /** The environment stands: from now on the app is a syncer, and what it uses is what syncing takes. */
  const stands = () => {
    listening = [all, once];
    cloud.azure.assignIdentity([assigned('syncer')]);
  };
  const creates = () => {
    listening = [all];
    cloud.azure.assignIdentity([assigned('creator')]);
  };

  async function lives(shop: Shop, { isPrivate }: { isPrivate: boolean }): Promise<void> {
    await shop.apply('web');
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    for (const path of [
      '/environments/shop/services',
      '/environments/shop/services/default/web',
      '/environments/shop/drift',
      '/health',
    ])
      expect([path, (await cloud.call('GET', path)).status]).toEqual([path, 200]);
    const grant = { cidr: '198.51.100.7/32', expires: new Date(cloud.clock.now() + 3_600_000).toISOString() };
    expect((await cloud.call('PUT', '/environments/shop/grants/alice', grant)).status).toBe(isPrivate ? 409 : 202);
    await shop.remove('web');
    await shop.gone('web');
    await shop.until(({ counts, sync }) => counts.publications === 0 && sync?.running === false);
    // A drift check and several light passes.
    await cloud.clock.sleep(20 * 60_000);
  }

  test('for an environment with classic rules that others can see', async () => {
    await begin();
    creates();
    const shop = await createShop(cloud, { cluster: { entra: {}, version: '1.33' }, egress: { apiServer: true } });
    stands();
    await lives(shop, { isPrivate: false });
    await byHand(`${NETWORK}/virtualNetworks/shop-vnet/subnets/aks-subnet`, { routeTable: null });
    await byHand(FIREWALL, { applicationRuleCollections: [] });
    await shop.sync();
    expect(await shop.sync()).toMatchObject({ sync: { lastResult: 'done' } });
    creates();
    // A network that others use as well stays, without our subnets.
    await byHand(`${NETWORK}/virtualNetworks/shop-vnet/subnets/others`, { addressPrefix: '10.42.9.0/24' });
    expect(await removed()).toMatchObject({ state: 'deleted' });
  });

  test.each([
    ['classic', {}, ['egress', 'dnsProxy', 'routes', 'dnsServers', 'authorizedRanges']],
    [
      'policy',
      { policy: `${HUB}/firewallPolicies/hub-policy`, basePolicy: `${HUB}/firewallPolicies/base-policy` },
      ['routes', 'dnsServers', 'authorizedRanges'],
    ],
  ] as const)('for one that is adopted, with %s rules', async (rules, policy, fix) => {
    await begin();
    await buildExisting(cloud.azure, cloud.clock, {
      firewall: HUB_FIREWALL,
      clusters: [BLUE, GREEN],
      without: rules === 'classic' ? [...fix] : ['routes', 'dnsServers', 'authorizedRanges'],
      ...policy,
    });
    const securityGroup = { networkSecurityGroup: { id: `${HUB}/networkSecurityGroups/blue-nsg` } };
    await byHand(`${HUB}/virtualNetworks/hub-fw-vnet/subnets/blue-subnet`, securityGroup);
    // Events are of the subscription, and the first environment sees to them.
    creates();
    await cloud.call('POST', '/environments', { name: 'first', adopt: { firewall: HUB_FIREWALL, clusters: [BLUE] } });
    expect(await cloud.untilState('first', 'ready', 'failed')).toMatchObject({ state: 'ready' });
    expect(await removed('first')).toMatchObject({ state: 'deleted' });

    stands();
    const adopt = { firewall: HUB_FIREWALL, clusters: [BLUE, GREEN], fix };
    expect((await cloud.call('POST', '/environments', { name: 'shop', adopt })).status).toBe(202);
    expect(await cloud.untilState('shop', 'ready', 'failed')).toMatchObject({ state: 'ready' });
    const kubernetes = clusterClient(cloud.clusters.find(GREEN)?.kubeconfig('user') ?? '');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', annotations: { 'gatehouse.dev/expose': 'true' } },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'web' } },
    };
    expect((await kubernetes('POST', '/api/v1/namespaces/default/services', service)).status).toBe(201);
    await cloud.host.durable.waitFor('shop', ({ customStatus }) => {
      const { counts, sync } = customStatus as { counts: { publications: number }; sync?: { running: boolean } };
      return counts.publications === 1 && sync?.running === false;
    });
    expect(await removed()).toMatchObject({ state: 'deleted' });
  });

  test('for one with everything, in private', async () => {
    await begin();
    await cloud.control('PUT', `/state${PEOPLE}`, { location: 'eastus' });
    await byHand(KUBELET, {
      clientId: '00000001-1111-4000-8000-000000000001',
      principalId: '00000001-2222-4000-8000-000000000001',
    });
    const spec = {
      firewall: { rules: 'policy', publicIpCount: 2 },
      cluster: { cni: 'azure-overlay', identity: 'user-assigned', kubeletIdentity: KUBELET, private: true },
    };
    creates();
    const shop = await createShop(cloud, { ...spec, jumpbox: aJumpbox });
    stands();
    await lives(shop, { isPrivate: true });
    await byHand(`${NETWORK}/firewallPolicies/shop-fwpolicy`, { threatIntelMode: 'Off' });
    await cloud.control('DELETE', `/state${NETWORK}/firewallPolicies/shop-fwpolicy/ruleCollectionGroups/shop`);
    await byHand(FIREWALL, { firewallPolicy: null });
    await byHand(`${NETWORK}/routeTables/shop-fwrt`, { routes: [] });
    await byHand(`${NETWORK}/virtualNetworks/shop-vnet`, { dhcpOptions: { dnsServers: [] } });
    await shop.sync();
    expect(await shop.sync()).toMatchObject({ sync: { lastResult: 'done' } });
    creates();
    expect((await cloud.call('POST', '/environments/shop/plan')).status).toBe(200);
    expect((await cloud.call('PUT', '/environments/shop/spec', { name: 'shop', ...spec })).status).toBe(202);
    await shop.sync();
    expect(await removed()).toMatchObject({ state: 'deleted' });
  });

  // What is missing has failed the tests above, and those of everything else: they all run with these roles.
  test.each([
    [creator.name, creator, all],
    [syncer.name, syncer, once],
  ])('of %s nothing is left over', (_name, { actions }, used) => {
    expect(actions.filter((action) => !used.has(action))).toEqual([]);
  });
});

describe('an app that is allowed less', () => {
  beforeEach(begin);

  test('as a syncer starts nothing, and says which role would', async () => {
    cloud.azure.assignIdentity([assigned('syncer')]);
    const { status, text } = await cloud.call('POST', '/environments', { name: 'shop' });
    expect(status).toBe(502);
    expect(text).toMatch(/lacks Microsoft\.[A-Za-z/]+ on \/subscriptions\/.* --role \\"Gatehouse Creator\\"/);
    expect(await cloud.control('GET', '/state')).toMatchObject({ resources: [{ name: 'gatehouse-rg' }] });
  });

  test('as a syncer removes nothing, says which role would, and goes on with it', async () => {
    await createShop(cloud);
    cloud.azure.assignIdentity([assigned('syncer')]);
    const failed = await removed();
    expect(failed.state).toBe('failed');
    const problems = failed.steps.flatMap(({ problem }) => problem ?? []);
    expect(problems[0]).toMatchObject({
      code: 'AuthorizationFailed',
      remedy: expect.stringMatching(/lacks Microsoft\..* on .*--role "Gatehouse Creator" --scope/),
    });
    expect(await cloud.control('GET', `/state${FIREWALL}`)).toMatchObject({ id: FIREWALL });
    cloud.azure.assignIdentity([assigned('creator')]);
    expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
    expect(await cloud.untilState('shop', 'deleted')).toMatchObject({ state: 'deleted' });
  });

  test('by one linked action hears of it before anything is built', async () => {
    cloud.azure.assignIdentity([assigned('creator', 'Microsoft.Network/publicIPAddresses/join/action')]);
    await cloud.call('POST', '/environments', { name: 'shop' });
    const { steps } = await cloud.untilState('shop', 'ready', 'failed');
    expect(steps.find(({ state }) => state === 'failed')).toMatchObject({
      name: 'permissions',
      problem: {
        message: `The app's identity lacks Microsoft.Network/publicIPAddresses/join/action on ${GROUP}.`,
        remedy: expect.stringContaining('Gatehouse Syncer'),
      },
    });
  });

  test('by a linked action outside of its group is told where, and goes on with it', async () => {
    const shop = await createShop(cloud);
    cloud.azure.assignIdentity([assigned('creator', 'Microsoft.Network/publicIPAddresses/join/action')]);
    await shop.apply('web');
    const refused = await shop.until(({ sync }) => sync?.lastResult === 'failed');
    expect(refused.findings[0]?.message).toMatch(
      /LinkedAuthorizationFailed: .* has permission to perform action 'Microsoft\.Network\/azureFirewalls\/write'/,
    );
    expect(JSON.stringify(await cloud.call('GET', '/environments/shop'))).toContain(
      'Microsoft.Network/publicIPAddresses/join/action',
    );
    cloud.azure.assignIdentity([assigned('creator')]);
    expect(await shop.sync()).toMatchObject({ counts: { publications: 1 } });
  });
});
