import { at, objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, GROUP, NETWORK, type Shop } from '../support/shop.ts';
import { aJumpbox } from '../support/spec.ts';

const MACHINE = `${GROUP}/providers/Microsoft.Compute/virtualMachines/shop-jumpbox`;
const INTERFACE = `${NETWORK}/networkInterfaces/shop-jumpbox-nic`;
const GROUP_OF_RULES = `${NETWORK}/firewallPolicies/shop-fwpolicy/ruleCollectionGroups/shop`;

const jumpbox = aJumpbox;

let cloud: TestCloud;
afterEach(() => cloud.close());

const state = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;
const frontend = async () =>
  stringAt(await state(`${NETWORK}/publicIPAddresses/shop-fwpublicip`), 'properties', 'ipAddress');
const ssh = async (from: string, port = 22) =>
  (await cloud.control('POST', '/probe', { from, to: await frontend(), port })) as JsonObject;
const drift = async () => (await cloud.call('GET', '/environments/shop/drift')).body;
const writesOf = async (id: string) => {
  const { requests } = (await cloud.control('GET', '/requests')) as { requests: { method: string; path: string }[] };
  return requests.filter(({ method, path }) => method === 'PUT' && path === id).length;
};
const left = async () => {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  return resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'));
};
/** Puts another spec and waits until it has been applied and a sync has come after it. */
const changed = async (shop: Shop, spec: object) => {
  const { counts: before } = await shop.until(() => true);
  const answer = await cloud.call('PUT', '/environments/shop/spec', { name: 'shop', ...spec });
  expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
  return shop.until(
    ({ state: now, counts, sync }) =>
      now === 'failed' || (now === 'ready' && counts.syncs > before.syncs && sync?.running === false),
  );
};

describe.each(['classic', 'policy'])('a jumpbox behind a firewall with %s rules', (rules) => {
  const firewall = { rules };
  const collectionsOf = async () =>
    rules === 'classic'
      ? objectsAt(await state(FIREWALL), 'properties', 'natRuleCollections').map((one) =>
          objectsAt(one, 'properties', 'rules'),
        )
      : objectsAt(await state(GROUP_OF_RULES), 'properties', 'ruleCollections').map((one) => objectsAt(one, 'rules'));
  const natRules = async () => (await collectionsOf()).flat().filter((rule) => rule['translatedAddress'] !== undefined);

  test('comes with everything in its place, is kept so, and leaves nothing', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, { firewall, jumpbox });
    const created = await shop.until(() => true);
    expect([created.state, created.findings]).toEqual(['ready', []]);

    // The rule came with the write that created what holds the rules.
    expect(await writesOf(rules === 'classic' ? FIREWALL : GROUP_OF_RULES)).toBe(1);
    expect(await natRules()).toMatchObject([
      {
        name: 'gatehouse-jumpbox',
        sourceAddresses: ['203.0.113.0/24'],
        destinationPorts: ['22'],
        translatedAddress: '10.42.4.4',
      },
    ]);
    const nic = await state(INTERFACE);
    expect(objectsAt(nic, 'properties', 'ipConfigurations')[0]).not.toHaveProperty('properties.publicIPAddress');
    const subnet = await state(`${NETWORK}/virtualNetworks/shop-vnet/subnets/shop-jumpbox-subnet`);
    expect(stringAt(subnet, 'properties', 'routeTable', 'id')).toBe(`${NETWORK}/routeTables/shop-fwrt`);
    expect(
      at(await state(MACHINE), 'properties', 'osProfile', 'linuxConfiguration', 'disablePasswordAuthentication'),
    ).toBe(true);
    expect(at(await state(MACHINE), 'tags')).toEqual({ 'gatehouse-environment': 'shop' });
    expect(await ssh('203.0.113.9')).toMatchObject({ reachable: true, target: { machine: 'shop-jumpbox' } });
    expect(await ssh('198.51.100.9')).toMatchObject({ reachable: false, brokenAt: 'dnatRule' });
    expect(await drift()).toMatchObject({ inSync: true, findings: [] });

    // A service that wants the same port is told who has it, and gets another one.
    await shop.apply('git', { ports: [{ port: 22 }] });
    await shop.addressed('git');
    await shop.sync();
    const services = (await cloud.call('GET', '/environments/shop/services')).body;
    expect(services).toMatchObject({
      skipped: [{ service: 'git', code: 'frontend-port-taken', reason: expect.stringContaining('gatehouse-jumpbox') }],
      conflicts: [{ service: 'git', holder: 'gatehouse-jumpbox', published: false }],
    });
    expect(await natRules()).toHaveLength(1);
    await shop.remove('git');
    await shop.gone('git');

    expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
    await cloud.untilState('shop', 'deleted', 'failed');
    expect(await left()).toEqual([]);
  });

  test('comes and goes with the spec', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, { firewall });
    await shop.apply('git', { ports: [{ port: 22 }] });
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);

    // A service that has the port loses it.
    expect((await changed(shop, { firewall, jumpbox })).state).toBe('ready');
    expect(await natRules()).toMatchObject([{ name: 'gatehouse-jumpbox' }]);
    expect(await ssh('203.0.113.9')).toMatchObject({ reachable: true });

    await changed(shop, {
      firewall,
      jumpbox: { ...jumpbox, port: 2222, size: 'Standard_B2ms', sources: ['198.51.100.9'] },
    });
    expect(stringAt(await state(MACHINE), 'properties', 'hardwareProfile', 'vmSize')).toBe('Standard_B2ms');
    expect(await ssh('198.51.100.9', 2222)).toMatchObject({ reachable: true, target: { machine: 'shop-jumpbox' } });
    expect(await ssh('203.0.113.9', 2222)).toMatchObject({ reachable: false });

    const other = { name: 'shop', firewall, jumpbox: { ...jumpbox, adminUser: 'alice', subnet: '10.42.5.0/28' } };
    const refused = await cloud.call('PUT', '/environments/shop/spec', other);
    expect([refused.status, refused.body]).toMatchObject([
      400,
      {
        problems: [
          { path: 'jumpbox.subnet' },
          { path: 'jumpbox.adminUser', remedy: expect.stringContaining('Take jumpbox out') },
        ],
      },
    ]);

    const preview = await cloud.call('PUT', '/environments/shop/spec?preview=true', { name: 'shop', firewall });
    expect(preview.text).toContain('The machine is deleted, and its disk with it.');
    await changed(shop, { firewall });
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    expect(await left()).not.toContainEqual(expect.stringMatching(/jumpbox/));
    const network = await state(`${NETWORK}/virtualNetworks/shop-vnet`);
    expect(JSON.stringify(network)).not.toContain('jumpbox');
    expect(JSON.stringify([await state(FIREWALL), await natRules()])).not.toContain('jumpbox');
    expect(await drift()).toMatchObject({ inSync: true });
  });
});

describe('drift of a jumpbox', () => {
  test('a rule that was edited comes back; a machine that is gone is told, and built again by a retry', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, { jumpbox });
    const collection = objectsAt(await state(FIREWALL), 'properties', 'natRuleCollections')[0] ?? {};
    const [rule] = objectsAt(collection, 'properties', 'rules');
    const natRuleCollections = [
      {
        ...collection,
        properties: { ...(collection['properties'] as JsonObject), rules: [{ ...rule, sourceAddresses: ['*'] }] },
      },
    ];
    await cloud.control('PUT', `/state${FIREWALL}`, { properties: { natRuleCollections } });
    expect(await ssh('198.51.100.9')).toMatchObject({ reachable: true });
    expect(await drift()).toMatchObject({ findings: [{ check: 'dnatRules', what: 'gatehouse-jumpbox' }] });
    const repaired = await shop.sync();
    expect(repaired.findings[0]?.message).toMatch(/^Drift was repaired: .*gatehouse-jumpbox/);
    expect(await ssh('198.51.100.9')).toMatchObject({ reachable: false });

    await cloud.control('DELETE', `/state${MACHINE}`);
    await cloud.control('DELETE', `/state${INTERFACE}`);
    expect(await drift()).toMatchObject({
      findings: [
        { check: 'presence', resource: INTERFACE },
        { check: 'presence', resource: MACHINE },
      ],
    });
    await shop.sync();
    expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
    await shop.until(({ state: now }) => now === 'provisioning');
    await shop.until(({ state: now, sync }) => now === 'ready' && sync?.running === false);
    expect(await ssh('203.0.113.9')).toMatchObject({ reachable: true });
  });

  test('one whose spec was taken back goes with the environment, whether a sync has come or not', async () => {
    cloud = await startTestCloud();
    await createShop(cloud, { jumpbox, drift: { action: 'report' } });
    expect(
      (await cloud.call('PUT', '/environments/shop/spec', { name: 'shop', drift: { action: 'report' } })).status,
    ).toBe(202);
    await cloud.clock.sleep(600_000);
    expect(await left()).toContain(MACHINE);
    await cloud.call('DELETE', '/environments/shop');
    await cloud.untilState('shop', 'deleted', 'failed');
    expect(await left()).toEqual([]);
  });
});

test('a machine that was made with another key is told, and left to people to delete', async () => {
  cloud = await startTestCloud();
  const shop = await createShop(cloud, { jumpbox, drift: { action: 'report' } });
  await changed(shop, { drift: { action: 'report' } });
  const other = { ...jumpbox, sshKey: jumpbox.sshKey.replace('J8Yl', 'J9Yl') };
  const put = await cloud.call('PUT', '/environments/shop/spec', { name: 'shop', jumpbox: other });
  expect(put.status).toBe(202);
  const failed = await shop.until(({ state: now }) => now === 'failed');
  expect(JSON.stringify(failed.steps)).toContain('JumpboxDiffers');
  expect(JSON.stringify(await state(MACHINE))).toContain(jumpbox.sshKey);

  await cloud.control('DELETE', `/state${MACHINE}`);
  expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
  await shop.until(({ state: now, sync }) => now === 'ready' && sync?.running === false);
  expect(JSON.stringify(await state(MACHINE))).toContain(other.sshKey);
});

describe('a spec with a jumpbox is refused', () => {
  const problemsOf = async (changes: object) => {
    const { status, body } = await cloud.call('POST', '/environments', {
      name: 'shop',
      jumpbox: { ...jumpbox, ...changes },
    });
    return { status, paths: objectsAt(body, 'problems').map(({ path }) => path), text: JSON.stringify(body) };
  };

  test('beside adopt, where nothing is created', async () => {
    cloud = await startTestCloud();
    const adopt = { firewall: FIREWALL, clusters: [CLUSTER] };
    const { status, body } = await cloud.call('POST', '/environments', { name: 'shop', adopt, jumpbox });
    expect([status, body]).toMatchObject([400, { problems: [{ path: 'jumpbox' }] }]);
  });

  test('for sources, keys and names that won’t do, without repeating secrets', async () => {
    cloud = await startTestCloud();
    expect(await problemsOf({ sources: ['*'] })).toMatchObject({ status: 400, paths: ['jumpbox.sources.0'] });
    expect(await problemsOf({ sources: ['0.0.0.0/0'] })).toMatchObject({ status: 400, paths: ['jumpbox.sources.0'] });
    expect(await problemsOf({ sources: ['198.0.0.0/8'] })).toMatchObject({ status: 400, paths: ['jumpbox.sources.0'] });
    expect(await problemsOf({ sources: ['10.0.0.0/16'] })).toMatchObject({ status: 400, paths: ['jumpbox.sources.0'] });
    expect(await problemsOf({ sources: [] })).toMatchObject({ status: 400, paths: ['jumpbox.sources'] });
    const secret = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----';
    const told = await problemsOf({ sshKey: secret });
    expect(told).toMatchObject({
      status: 400,
      paths: ['jumpbox.sshKey'],
      text: expect.stringContaining('private key'),
    });
    expect(told.text).not.toContain('b3BlbnNzaC1rZXktdjEA');
    const password = await problemsOf({ sshKey: 'correct horse battery' });
    expect(password).toMatchObject({
      status: 400,
      paths: ['jumpbox.sshKey'],
      text: expect.stringContaining('no public SSH key'),
    });
    expect(password.text).not.toContain('battery');
    expect(await problemsOf({ adminUser: 'root' })).toMatchObject({ status: 400, paths: ['jumpbox.adminUser'] });
    expect(await problemsOf({ subnet: '10.42.1.0/28' })).toMatchObject({ status: 400, paths: ['jumpbox.subnet'] });
    expect(await problemsOf({ size: 'Standard_Huge' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('jumpbox.size'),
    });
  });
});
