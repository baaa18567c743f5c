import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { aToken } from '../local/azure/client.ts';
import { acceptedWrites, strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, NETWORK, type Shop } from '../support/shop.ts';

const POLICY = `${NETWORK}/firewallPolicies/shop-fwpolicy`;
const GROUP = `${POLICY}/ruleCollectionGroups/shop`;
const HUB = `${POLICY}/ruleCollectionGroups/hub`;
const RULE = 'shop.default.web.80.tcp';

let cloud: TestCloud;
let shop: Shop;
beforeEach(async () => {
  cloud = await startTestCloud();
  shop = await createShop(cloud, { firewall: { rules: 'policy' } });
});
afterEach(() => cloud.close());

interface Collection {
  readonly name: string;
  readonly rules: readonly { readonly name: string; readonly [property: string]: unknown }[];
}
interface Stored {
  readonly tags?: Record<string, string>;
  readonly properties: Record<string, unknown> & { readonly ruleCollections: readonly Collection[] };
}

const stored = async (id: string) => (await cloud.control('GET', `/state${id}`)) as Stored;
const storedIds = async () => {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  return resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'));
};
const collections = async () => (await stored(GROUP)).properties.ruleCollections;
const named = async (name: string) => (await collections()).find((one) => one.name === name);
const rules = async () => (await named('shop'))?.rules ?? [];
const published = (count: number) =>
  shop.until(({ counts, sync }) => counts.publications === count && sync?.running === false);
const publishWeb = async () => {
  await shop.apply('web');
  return published(1);
};

/** What has been written since, and not by hand. */
async function writesDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = await acceptedWrites(cloud);
  await work();
  return (await acceptedWrites(cloud)).slice(before.length).filter((write) => write.includes(NETWORK));
}

/** Somebody else's request to Azure Resource Manager. */
const arm = (method: string, id: string, body?: object) =>
  fetch(`${cloud.azure.origin}${id}?api-version=2025-07-01`, {
    method,
    headers: { authorization: `Bearer ${aToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const groupOf = (priority: number, ...ruleCollections: object[]) => ({ properties: { priority, ruleCollections } });
const filter = (name: string, priority: number) => ({
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  name,
  priority,
  action: { type: 'Allow' },
  rules: [
    {
      ruleType: 'NetworkRule',
      name: 'theirs',
      ipProtocols: ['TCP'],
      sourceAddresses: ['*'],
      destinationAddresses: ['192.0.2.1'],
      destinationPorts: ['443'],
    },
  ],
});
const nat = (frontend: string, port: string) => ({
  ruleCollectionType: 'FirewallPolicyNatRuleCollection',
  name: 'shop',
  priority: 100,
  action: { type: 'DNAT' },
  rules: [
    {
      ruleType: 'NatRule',
      name: 'theirs',
      ipProtocols: ['TCP'],
      sourceAddresses: ['198.51.100.0/24'],
      destinationAddresses: [frontend],
      destinationPorts: [port],
      translatedAddress: '10.42.1.200',
      translatedPort: '8080',
    },
  ],
});
const frontend = async () => {
  const { properties } = await stored(`${NETWORK}/publicIPAddresses/shop-fwpublicip`);
  return properties['ipAddress'] as string;
};

describe('an environment with a firewall policy', () => {
  test('is created with one write each of policy, group and firewall, in this order', async () => {
    const written = (await acceptedWrites(cloud)).filter((write) => /firewallPolicies|azureFirewalls/.test(write));
    expect(written).toEqual([`PUT ${POLICY}`, `PUT ${GROUP}`, `PUT ${FIREWALL}`]);
    expect(await stored(POLICY)).toMatchObject({
      tags: { 'gatehouse-environment': 'shop' },
      properties: { sku: { tier: 'Standard' }, threatIntelMode: 'Alert', dnsSettings: { enableProxy: true } },
    });
    expect(await stored(FIREWALL)).toMatchObject({
      properties: { firewallPolicy: { id: POLICY }, networkRuleCollections: [], applicationRuleCollections: [] },
    });
    expect((await collections()).map(({ name }) => name)).toEqual(['aksfwnr', 'aksfwar', 'aksfwarweb']);
  });

  test('publishes a service by writing its group and nothing else, and takes it back the same way', async () => {
    expect(await writesDuring(publishWeb)).toEqual([`PUT ${GROUP}`]);
    expect(await rules()).toMatchObject([{ ruleType: 'NatRule', name: RULE, ipProtocols: ['TCP'] }]);
    const { sync } = await shop.until(() => true);
    expect(sync?.lastChange?.report).toMatchObject({ created: 1, problems: [], probes: [{ result: 'connected' }] });
    expect(await writesDuring(() => shop.sync())).toEqual([]);
    await shop.remove('web');
    expect(await writesDuring(() => published(0))).toEqual([`PUT ${GROUP}`]);
    expect((await collections()).map(({ name }) => name)).toEqual(['aksfwnr', 'aksfwar', 'aksfwarweb']);
  });

  test('shows and explains its services, and tells drift of what is where', async () => {
    await publishWeb();
    const explained = (await cloud.call('GET', '/environments/shop/services/default/web')).body as never as {
      ports: { broken?: string; hops: { hop: string; state: string }[] }[];
    };
    expect(explained.ports[0]).not.toHaveProperty('broken');
    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({ inSync: true, findings: [] });
    await cloud.control('PUT', `/state${POLICY}`, { properties: { threatIntelMode: 'Off' } });
    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({
      findings: [{ check: 'threatIntelligence', resource: POLICY, expected: 'Alert', actual: 'Off' }],
    });
  });

  test('lets a rule of another group have its port, and publishes once that is gone', async () => {
    const hub = groupOf(500, nat(await frontend(), '80'));
    await cloud.control('PUT', `/state${HUB}`, hub);
    await shop.apply('web');
    await shop.addressed('web');
    const { sync } = await shop.until((status) => (status.sync?.report?.conflicts ?? 0) > 0);
    expect(sync?.report).toMatchObject({ conflicts: 1, skipped: 1, wrote: false });
    const { body } = await cloud.call('GET', '/environments/shop/services');
    expect(body).toMatchObject({ conflicts: [{ ruleName: RULE, holder: 'hub/shop/theirs' }] });
    expect((await stored(HUB)).properties.ruleCollections).toEqual(hub.properties.ruleCollections);
    await cloud.control('DELETE', `/state${HUB}`);
    await shop.sync();
    expect(await rules()).toMatchObject([{ name: RULE }]);
  });
});

describe('drift', () => {
  const repaired = async (what: RegExp) => {
    const before = (await shop.until(() => true)).counts.driftRepairs;
    await shop.sync();
    const status = await shop.until(({ counts, sync }) => counts.driftRepairs > before && sync?.running === false);
    expect(status.findings[0]?.message).toMatch(what);
    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({ inSync: true });
  };

  test('of rules is repaired by one write of the group, in which everything of others stays', async () => {
    await publishWeb();
    const [own, ...more] = await rules();
    const byHand = { ...own, name: 'byhand', destinationPorts: ['8443'] };
    const list = (await collections()).map((one) => {
      if (one.name === 'shop') return { ...one, rules: [byHand, { ...own, translatedPort: '81' }, ...more] };
      return one.name === 'aksfwnr' ? { ...one, rules: one.rules.slice(1) } : one;
    });
    const theirs = filter('theirs', 4000);
    await cloud.control('PUT', `/state${GROUP}`, { properties: { priority: 700, ruleCollections: [theirs, ...list] } });
    expect(await writesDuring(() => repaired(/dnatRules: shop\.default\.web\.80\.tcp.*egressRules/))).toEqual([
      `PUT ${GROUP}`,
    ]);
    const after = await stored(GROUP);
    expect(after.properties['priority']).toBe(700);
    expect(after.properties.ruleCollections[0]).toMatchObject(theirs);
    expect(await rules()).toMatchObject([{ name: 'byhand' }, { name: RULE, translatedPort: '80' }]);
    expect((await named('aksfwnr'))?.rules).toHaveLength(3);
  });

  test('of a group that is deleted is repaired by making it again', async () => {
    await publishWeb();
    await cloud.control('DELETE', `/state${GROUP}`);
    expect(await writesDuring(() => repaired(/presence: the rule collection group/))).toEqual([`PUT ${GROUP}`]);
    expect(await rules()).toMatchObject([{ name: RULE }]);
    expect(await named('aksfwar')).toBeDefined();
  });

  test('of the policy’s settings is repaired by one write of the policy', async () => {
    await cloud.control('PUT', `/state${POLICY}`, {
      properties: {
        threatIntelMode: 'Off',
        dnsSettings: { enableProxy: false, servers: ['10.0.0.4'] },
        sql: { allowSqlRedirect: true },
      },
    });
    expect(await writesDuring(() => repaired(/threatIntelligence.*dnsProxy/))).toEqual([`PUT ${POLICY}`]);
    expect((await stored(POLICY)).properties).toMatchObject({
      threatIntelMode: 'Alert',
      dnsSettings: { enableProxy: true, servers: ['10.0.0.4'] },
      sql: { allowSqlRedirect: true },
    });
  });

  test('of a firewall without its policy is repaired, and only then may the subnet be routed to it', async () => {
    await publishWeb();
    const subnet = `${NETWORK}/virtualNetworks/shop-vnet/subnets/aks-subnet`;
    await cloud.control('PUT', `/state${FIREWALL}`, { properties: { firewallPolicy: null } });
    await cloud.control('PUT', `/state${subnet}`, { properties: { routeTable: null } });
    const written = await writesDuring(async () => {
      await shop.sync();
      await shop.until(({ counts, sync }) => counts.driftRepairs === 2 && sync?.running === false);
    });
    expect(written).toEqual([`PUT ${FIREWALL}`, `PUT ${subnet}`]);
    const told = (await shop.until(() => true)).findings.map(({ message }) => message).join();
    expect(told).toContain('firewallConfiguration: properties.firewallPolicy.id');
    expect(await rules()).toMatchObject([{ name: RULE }]);
  });
});

test('a new spec writes settings to the policy and egress to the group, and leaves publications where they are', async () => {
  await publishWeb();
  const spec = {
    name: 'shop',
    firewall: { rules: 'policy', threatIntel: 'Deny' },
    egress: { presets: ['aks', 'key-vault'] },
  };
  const written = await writesDuring(async () => {
    const { syncs } = (await shop.until(() => true)).counts;
    expect((await cloud.call('PUT', '/environments/shop/spec', spec)).status).toBe(202);
    await shop.until(({ state, counts, sync }) => state === 'ready' && counts.syncs > syncs && sync?.running === false);
  });
  expect(written).toEqual([`PUT ${POLICY}`, `PUT ${GROUP}`]);
  expect((await collections()).map(({ name }) => name)).toEqual(['aksfwnr', 'aksfwar', 'shop', 'key-vault']);
  const refused = await cloud.call('PUT', '/environments/shop/spec', { name: 'shop' });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('firewall.rules')]);
});

describe('deletion', () => {
  const deleted = async () => {
    await cloud.call('DELETE', '/environments/shop');
    return cloud.untilState('shop', 'deleted', 'failed');
  };
  const detailOf = (status: { readonly steps: readonly object[] }, step: string) =>
    (status.steps as EnvironmentStatus['steps']).find(({ name }) => name === step)?.detail;

  test('leaves nothing', async () => {
    await publishWeb();
    expect((await deleted()).state).toBe('deleted');
    expect(await storedIds()).toEqual([]);
  });

  test('keeps a policy that others have put a group into, and says so', async () => {
    const hub = groupOf(500, filter('theirs', 100));
    await cloud.control('PUT', `/state${HUB}`, hub);
    expect(detailOf(await deleted(), 'firewallPolicy')).toMatch(/kept: it holds rule collection groups .*: hub$/);
    const ids = await storedIds();
    expect(ids.filter((id) => id.includes('firewallPolicies')).toSorted()).toEqual([POLICY, HUB].toSorted());
    expect((await stored(HUB)).properties).toMatchObject(hub.properties);
  });

  test('takes its own rules out of a group that others have put rules into', async () => {
    await publishWeb();
    const theirs = filter('theirs', 4000);
    await cloud.control('PUT', `/state${GROUP}`, {
      properties: { ruleCollections: [...(await collections()), theirs] },
    });
    expect(detailOf(await deleted(), 'ruleCollectionGroup')).toMatch(/kept: it holds rules .*: theirs$/);
    expect(await collections()).toMatchObject([theirs]);
  });

  test('keeps everything that another firewall goes by', async () => {
    const other = `${NETWORK}/azureFirewalls/other`;
    await cloud.control('PUT', `/state${other}`, { properties: { firewallPolicy: { id: POLICY } } });
    expect(detailOf(await deleted(), 'firewallPolicy')).toBe(`kept: ${POLICY} is still used by ${other}`);
    expect(await named('aksfwar')).toBeDefined();
    expect(await storedIds()).not.toContain(FIREWALL);
  });
});

describe('when things go wrong', () => {
  const failedSync = () => shop.until(({ sync }) => sync?.lastResult === 'failed' && !sync.running);

  test('a policy that is deleted underneath fails the sync with what to do, and a retry builds it again', async () => {
    await publishWeb();
    await cloud.control('DELETE', `/state${POLICY}`);
    await cloud.call('POST', '/environments/shop/sync');
    const { findings, state } = await failedSync();
    expect(state).toBe('ready');
    expect(findings[0]?.message).toContain(`${POLICY} is gone`);
    expect((await cloud.call('GET', '/environments/shop/services')).status).toBe(409);
    await cloud.call('POST', '/environments/shop/retry');
    await published(1);
    expect(await rules()).toMatchObject([{ name: RULE }]);
    expect(await stored(POLICY)).toMatchObject({ tags: { 'gatehouse-environment': 'shop' } });
  });

  test('a policy whose tag is taken off is nobody’s to write', async () => {
    await cloud.control('PUT', `/state${POLICY}`, { tags: { 'gatehouse-environment': null } });
    await shop.apply('web');
    await shop.addressed('web');
    expect(await writesDuring(() => shop.sync())).toEqual([]);
    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ check: 'ownership', resource: POLICY })]) as unknown,
    });
  });

  test('another group that is being written is waited for', async () => {
    await shop.apply('web');
    await shop.addressed('web');
    const writing = await arm('PUT', HUB, groupOf(500, filter('theirs', 100)));
    expect(writing.status).toBe(201);
    await published(1);
    expect(await rules()).toMatchObject([{ name: RULE }]);
    const { requests } = (await cloud.control('GET', '/requests')) as {
      requests: { method: string; path: string; status: number }[];
    };
    expect(requests.filter(({ method, status }) => method === 'PUT' && status >= 400)).toEqual([]);
  });

  test('a group that somebody edits while it is written is told, and looked at again', async () => {
    await publishWeb();
    await shop.apply('api', { ports: [{ port: 8080 }] });
    const writes = async () => (await acceptedWrites(cloud)).filter((write) => write === `PUT ${GROUP}`).length;
    const before = await writes();
    while ((await writes()) === before) await cloud.clock.sleep(1000);
    await cloud.control('PUT', `/state${GROUP}`, {
      properties: { ruleCollections: [...(await collections()), filter('theirs', 4000)] },
    });
    const { sync } = await published(2);
    expect(sync?.lastChange?.report.problems).toContainEqual(
      expect.stringContaining('Somebody has changed other rules of the firewall while it was written'),
    );
    expect(await named('theirs')).toBeDefined();
  });

  test('a write whose answer was lost is adopted', async () => {
    await strikeBy(cloud, { fault: 'resetAfter', method: 'PUT', path: GROUP, times: 1 });
    expect(await writesDuring(publishWeb)).toEqual([`PUT ${GROUP}`]);
    const { sync } = await shop.until(() => true);
    expect(sync?.lastChange?.report).toMatchObject({ wrote: true, created: 1, probes: [{ result: 'connected' }] });
  });

  test('a draft that is pending keeps nobody from publishing, and is told', async () => {
    const draft = await arm('PUT', `${POLICY}/firewallPolicyDrafts/default`, {
      properties: { threatIntelMode: 'Deny' },
    });
    expect(draft.status).toBe(201);
    const { sync } = await publishWeb();
    expect(sync?.lastChange?.report.problems).toEqual([expect.stringMatching(/has a draft pending/)]);
  });

  test('a base policy stays, with the stricter of both modes, and takes no port with its own DNAT rules', async () => {
    const base = `${NETWORK}/firewallPolicies/base`;
    await cloud.control('PUT', `/state${base}`, {
      properties: { threatIntelMode: 'Deny', sku: { tier: 'Standard' } },
    });
    await cloud.control('PUT', `/state${base}/ruleCollectionGroups/base`, groupOf(100, nat(await frontend(), '80')));
    await cloud.control('PUT', `/state${POLICY}`, {
      properties: { basePolicy: { id: base }, threatIntelMode: 'Deny', dnsSettings: { enableProxy: false } },
    });
    expect((await publishWeb()).sync?.lastChange?.report).toMatchObject({ created: 1, conflicts: 0 });
    expect((await stored(POLICY)).properties).toMatchObject({
      basePolicy: { id: base },
      threatIntelMode: 'Deny',
      dnsSettings: { enableProxy: true },
    });
  });
});

test('a creation in which writes of policy and group fail half-way writes them again, and the firewall after them', async () => {
  const ofOther = (id: string) => id.replaceAll('shop', 'other');
  await strikeBy(
    cloud,
    { fault: 'operationFails', method: 'PUT', path: ofOther(POLICY), times: 1 },
    { fault: 'operationFails', method: 'PUT', path: ofOther(GROUP), times: 1 },
    { fault: 'resetAfter', method: 'PUT', path: ofOther(GROUP), after: 1, times: 1 },
  );
  await cloud.call('POST', '/environments', { name: 'other', firewall: { rules: 'policy' } });
  expect((await cloud.untilState('other', 'ready', 'failed')).state).toBe('ready');
  const written = (await acceptedWrites(cloud)).filter((write) =>
    /(firewallPolicies|azureFirewalls)\/other/.test(write),
  );
  expect(written).toEqual([...[POLICY, POLICY, GROUP, GROUP, FIREWALL].map((id) => `PUT ${ofOther(id)}`)]);
});

test('a policy of the wanted name that is not ours keeps the environment from being started', async () => {
  const id = POLICY.replaceAll('shop', 'other');
  const group = id.split('/providers/')[0] ?? '';
  await cloud.control('PUT', `/state${group}`, { location: 'eastus', tags: { 'gatehouse-environment': 'other' } });
  await cloud.control('PUT', `/state${id}`, { location: 'eastus' });
  const answer = await cloud.call('POST', '/environments', { name: 'other', firewall: { rules: 'policy' } });
  expect([answer.status, answer.text]).toEqual([409, expect.stringContaining(id)]);
});
