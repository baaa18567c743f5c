import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, NETWORK, type Shop } from '../support/shop.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud();
});
afterEach(() => cloud.close());

interface ServiceReport {
  readonly held?: { readonly hash: string; readonly rules: readonly string[] };
  readonly conflicts: readonly { readonly service: string; readonly published: boolean }[];
  readonly skipped: readonly { readonly service: string; readonly code: string }[];
  readonly problems: readonly { readonly code: string }[];
}

const services = async () => (await cloud.call('GET', '/environments/shop/services')).body as unknown as ServiceReport;

/** Publishes services and waits until all have their rules. */
async function publish(shop: Shop, names: readonly string[], ports = (index: number) => 8000 + index): Promise<void> {
  for (const [index, name] of names.entries()) await shop.apply(name, { ports: [{ port: ports(index) }] });
  await shop.until(({ counts, sync }) => counts.publications === names.length && sync?.running === false);
}

const theirs = {
  properties: {
    priority: 300,
    action: { type: 'Dnat' },
    rules: [
      {
        name: 'ssh',
        protocols: ['TCP'],
        sourceAddresses: ['198.51.100.7'],
        destinationAddresses: ['20.0.0.9'],
        destinationPorts: ['22'],
        sourceIpGroups: [],
        translatedAddress: '10.42.1.200',
        translatedPort: '22',
      },
    ],
  },
};

test('more deletions than the spec takes for everyday are held until exactly they are approved', async () => {
  const shop = await createShop(cloud, { ingress: { maxDeletes: { count: 1, percent: 0 } } });
  const names = ['a', 'b', 'c'];
  await publish(shop, names);
  for (const name of names) await shop.remove(name);
  const status = await shop.until(({ sync }) => sync?.report?.held?.rules === 3);
  expect(await shop.rules()).toHaveLength(3);
  const hash = status.sync?.report?.held?.hash ?? '';
  expect((await services()).held).toMatchObject({
    hash,
    rules: names.map((name, i) => `shop.default.${name}.${8000 + i}.tcp`),
  });

  const wrong = await cloud.call('POST', '/environments/shop/approve', { plan: 'another' });
  expect(wrong.status).toBe(409);
  expect(wrong.body).toMatchObject({ type: 'urn:gatehouse:problem:held-plan-changed', remedy: expect.any(String) });
  expect((await cloud.call('POST', '/environments/shop/approve', '{ "plan": 7 }')).status).toBe(400);
  expect(await shop.rules()).toHaveLength(3);

  expect((await cloud.call('POST', '/environments/shop/approve', { plan: hash })).status).toBe(202);
  await shop.until(({ counts }) => counts.publications === 0);
  expect(await shop.rules()).toEqual([]);
});

test('upsert-only never deletes, and report never writes', async () => {
  const shop = await createShop(cloud, { ingress: { policy: 'upsert-only' } });
  await publish(shop, ['a']);
  await shop.remove('a');
  await shop.sync();
  await shop.sync();
  expect(await shop.rules()).toHaveLength(1);
  await cloud.close();

  cloud = await startTestCloud();
  const reporting = await createShop(cloud, { ingress: { policy: 'report' } });
  await reporting.apply('a');
  await reporting.until(({ sync }) => sync?.report?.created === 1);
  expect(await reporting.firewallWrites()).toBe(1);
  expect(await reporting.rules()).toEqual([]);
});

test('what others have on the firewall survives every sync byte for byte, and keeps its place', async () => {
  const shop = await createShop(cloud);
  const { body } = await cloud.call('GET', '/environments/shop/services');
  const [frontend] = (body as unknown as { frontends: string[] }).frontends;
  const [rule] = theirs.properties.rules;
  const collection = {
    properties: { ...theirs.properties, rules: [{ ...rule, destinationAddresses: [frontend] }] },
  };
  await cloud.control('PUT', `/state${FIREWALL}/natRuleCollections/theirs`, collection);
  const collections = async () =>
    (
      (await cloud.control('GET', `/state${FIREWALL}`)) as {
        properties: { natRuleCollections: { name: string; properties: object }[] };
      }
    ).properties.natRuleCollections;
  const before = (await collections()).find(({ name }) => name === 'theirs')?.properties;
  await shop.apply('ssh', { ports: [{ port: 22 }] });
  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  expect((await collections()).find(({ name }) => name === 'theirs')?.properties).toEqual(before);
  expect((await shop.rules()).map(({ name }) => name)).toEqual(['shop.default.web.80.tcp']);
  const { conflicts, skipped } = await services();
  expect(conflicts).toMatchObject([{ service: 'ssh', published: false }]);
  expect(skipped).toMatchObject([{ service: 'ssh', code: 'foreign-rule' }]);
});

test('an API server that is down or lists half of it deletes nothing', async () => {
  const shop = await createShop(cloud);
  await publish(shop, ['a', 'b']);
  const faults = cloud.clusters.find(CLUSTER)?.faults;
  faults?.set({ down: true });
  // Then a command run in the cluster lists them.
  expect((await shop.sync()).sync?.report).toMatchObject({ unchanged: 2, problems: [] });
  for (const fault of [{ forbidden: true }, { unauthorized: true }, { cutPage: 1 }]) {
    faults?.clear();
    faults?.set(fault);
    const { sync } = await shop.sync();
    expect(sync?.report).toMatchObject({ deleted: 0, wrote: false });
    expect(sync?.report?.problems).not.toEqual([]);
    expect(await shop.rules()).toHaveLength(2);
  }
  faults?.clear();
  expect((await shop.sync()).sync?.report).toMatchObject({ unchanged: 2, problems: [] });
});

test('lost, doubled and reordered events lead to the same rules', async () => {
  await cloud.control('PUT', '/event-grid', { duplicates: 1, reorder: true, delaySeconds: 20 });
  const shop = await createShop(cloud);
  await publish(shop, ['a', 'b']);
  await cloud.control('PUT', '/event-grid', { lose: 1000 });
  await shop.remove('a');
  await shop.until(({ counts }) => counts.publications === 1);
  expect((await shop.rules()).map(({ name }) => name)).toEqual(['shop.default.b.8001.tcp']);
});

test('routes, DNS servers and the association that somebody changes are repaired, each by a named check', async () => {
  const shop = await createShop(cloud);
  const hold = cloud.clock.busy();
  await cloud.control('DELETE', `/state${NETWORK}/routeTables/shop-fwrt/routes/shop-fwrn`);
  await cloud.control('PUT', `/state${NETWORK}/virtualNetworks/shop-vnet`, {
    properties: { dhcpOptions: { dnsServers: ['8.8.8.8'] } },
  });
  await cloud.control('PUT', `/state${FIREWALL}`, { properties: { threatIntelMode: 'Off' } });
  const { body } = await cloud.call('GET', '/environments/shop/drift');
  const { findings } = body as unknown as { findings: { check: string; cause?: object; since?: string }[] };
  expect([...new Set(findings.map(({ check }) => check))].sort()).toEqual([
    'dnsServers',
    'routes',
    'threatIntelligence',
  ]);
  expect(findings.filter(({ cause, since }) => cause === undefined || since === undefined)).toEqual([]);
  hold();
  const status = await shop.until(({ counts }) => counts.driftRepairs === findings.length);
  expect(status.findings[0]?.message).toContain('was changed by');
  const after = (await cloud.call('GET', '/environments/shop/drift')).body;
  expect(after).toMatchObject({ inSync: true, findings: [] });
});

test('with drift.action report drift is told and left alone, since when it is seen', async () => {
  const shop = await createShop(cloud, { drift: { action: 'report' } });
  await cloud.control('PUT', `/state${FIREWALL}`, { properties: { threatIntelMode: 'Off' } });
  await shop.until(
    ({ sync }) => sync?.report?.drift.includes('threatIntelligence: properties.threatIntelMode') === true,
  );
  await shop.sync();
  expect(await shop.firewallWrites()).toBe(1);
  const { body } = await cloud.call('GET', '/environments/shop/drift');
  expect(body).toMatchObject({
    action: 'report',
    findings: [{ check: 'threatIntelligence', expected: 'Alert', actual: 'Off' }],
  });
});

test('a foreign edit that comes while the firewall is written is noticed and told', async () => {
  const shop = await createShop(cloud);
  await shop.apply('web');
  while ((await shop.firewallWrites()) < 2) await cloud.clock.sleep(1000);
  await cloud.control('PUT', `/state${FIREWALL}/natRuleCollections/theirs`, theirs);
  const { sync } = await shop.until(({ counts }) => counts.publications === 1);
  expect(sync?.lastChange?.report.problems).toEqual([expect.stringContaining('Somebody has changed other rules')]);
});
