import { at, objectAt, objectsAt, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, buildFirewall, GROUP, NETWORK, startClient, SUBSCRIPTION, type Client } from './client.ts';

const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const NET = `${NETWORK}/virtualNetworks/v`;

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());
const graft = (id: string, patch: JsonObject) => client.send('PUT', `/_local/state${id}`, patch);

describe('a foreign hand', () => {
  test('grafts members that no client knows: they are read, kept by a PUT that sends them, lost by one that does not', async () => {
    const before = await buildFirewall(client);
    const rules = [
      {
        name: 'r',
        protocols: ['TCP'],
        sourceAddresses: ['*'],
        destinationAddresses: ['*'],
        destinationPorts: ['1'],
        futureRule: 1,
      },
    ];
    const future = {
      futureTop: { a: [1, 2] },
      properties: {
        futureProperty: 'x',
        sku: { futureSku: true },
        networkRuleCollections: [
          { name: 'foreign', properties: { priority: 200, action: { type: 'Allow' }, rules, futureCollection: null } },
        ],
      },
    };
    await graft(FIREWALL, future);
    const grafted = (await client.get(FIREWALL)) as JsonObject;
    expect(grafted).toMatchObject({
      futureTop: { a: [1, 2] },
      properties: { futureProperty: 'x', sku: { futureSku: true, tier: 'Standard' } },
    });
    expect(grafted['etag']).not.toBe(before['etag']);

    const kept = (await client.apply('PUT', FIREWALL, { ...grafted, tags: { a: 'b' } })) as JsonObject;
    const [collection] = objectsAt(kept, 'properties', 'networkRuleCollections');
    expect(kept['futureTop']).toEqual({ a: [1, 2] });
    expect(at(kept, 'properties', 'futureProperty')).toBe('x');
    expect(at(kept, 'properties', 'sku', 'futureSku')).toBe(true);
    expect(objectsAt(collection, 'properties', 'rules')[0]).toMatchObject({ futureRule: 1 });

    const { futureTop: _, ...lossy } = kept;
    expect(await client.apply('PUT', FIREWALL, lossy)).not.toHaveProperty('futureTop');
  });

  test('grafts into a child, and adds one', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', NET, aNetwork());
    await graft(`${NET}/subnets/nodes`, { properties: { futureProperty: 1 } });
    await graft(`${NET}/subnets/foreign`, { properties: { addressPrefix: '10.42.7.0/24' } });
    expect(at(await client.get(`${NET}/subnets/nodes`), 'properties')).toMatchObject({
      addressPrefix: '10.42.1.0/24',
      futureProperty: 1,
    });
    const network = (await client.get(NET)) as JsonObject;
    expect(objectsAt(network, 'properties', 'subnets').map(({ name }) => name)).toContain('foreign');
    const updated = await client.apply('PUT', NET, { ...network, tags: { a: 'b' } });
    const nodes = objectsAt(updated, 'properties', 'subnets').find(({ name }) => name === 'nodes');
    expect(at(nodes, 'properties', 'futureProperty')).toBe(1);
  });

  test('puts what AKS would: a load balancer whose address then counts as in use', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', NET, aNetwork());
    const id = `${NETWORK}/loadBalancers/kubernetes-internal`;
    const frontend = {
      name: 'f',
      id: `${id}/frontendIPConfigurations/f`,
      properties: { privateIPAddress: '10.42.1.250', subnet: { id: `${NET}/subnets/nodes` } },
    };
    expect((await graft(id, { properties: { frontendIPConfigurations: [frontend] } })).status).toBe(201);
    expect(objectsAt(await client.get(`${NETWORK}/loadBalancers`), 'value')).toEqual([
      expect.objectContaining({ name: 'kubernetes-internal', location: 'eastus' }),
    ]);
    expect((await client.send('DELETE', `${NET}/subnets/nodes`)).status).toBe(400);
    expect((await client.send('DELETE', `/_local/state${id}`)).status).toBe(204);
    expect((await client.send('DELETE', `${NET}/subnets/nodes`)).status).toBe(202);
  });

  test('removes a resource at once', async () => {
    await buildFirewall(client);
    await client.send('DELETE', `/_local/state${FIREWALL}`);
    expect((await client.send('GET', FIREWALL)).status).toBe(404);
  });
});

test('the log says of each request when it came and what it did', async () => {
  const start = client.clock.now();
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', NET, aNetwork());
  const [group, , network] = objectsAt(await client.get('/_local/requests'), 'requests');
  expect(group).toEqual({
    sequence: 1,
    time: start,
    method: 'PUT',
    path: GROUP,
    apiVersion: '2025-07-01',
    status: 201,
    write: true,
    kind: 'resourceGroups.put',
    resourceId: GROUP,
    operationSeconds: 2,
    requestBody: { location: 'eastus' },
    caller: '33333333-3333-4333-8333-333333333333',
    actions: ['Microsoft.Resources/subscriptions/resourceGroups/write'],
  });
  expect(network).toMatchObject({
    time: start + 2000,
    kind: 'virtualNetworks.create',
    resourceId: NET,
    operationSeconds: 4,
  });
  const later = objectsAt(await client.get('/_local/requests?since=1'), 'requests');
  expect(later[0]).toMatchObject({ sequence: 2, method: 'GET', write: false });
});

test('resources are listed by group, subscription, type and tag', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus', tags: { owner: 'me' } });
  await client.apply('PUT', NET, { ...aNetwork(), tags: { 'gatehouse-environment': 'a' } });
  await client.apply('PUT', `${NETWORK}/routeTables/t`, { location: 'eastus' });
  const names = async (path: string) => objectsAt(await client.get(path), 'value').map(({ name }) => name);
  expect(await names(`${GROUP}/resources`)).toEqual(['v', 't']);
  const filter = "$filter=tagName eq 'gatehouse-environment' and tagValue eq 'a'&api-version=2025-04-01";
  expect(await names(`${GROUP}/resources?${filter}`)).toEqual(['v']);
  expect(
    await names(
      `${SUBSCRIPTION}/resources?$filter=resourceType eq 'Microsoft.Network/routeTables'&api-version=2025-04-01`,
    ),
  ).toEqual(['t']);
  expect(await names(`${SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks`)).toEqual(['v']);
  expect(await names(`${NETWORK}/virtualNetworks`)).toEqual(['v']);
  expect(
    await names(
      `${SUBSCRIPTION}/resourcegroups?$filter=tagName eq 'owner' and tagValue eq 'me'&api-version=2025-04-01`,
    ),
  ).toEqual(['g']);
  expect(await names(`${NET}/subnets`)).toEqual(['nodes', 'AzureFirewallSubnet']);
});

test('tags are replaced by PATCH, on groups and on resources', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus', tags: { a: '1', b: '2' } });
  await client.apply('PUT', NET, { ...aNetwork(), tags: { a: '1' } });
  for (const path of [GROUP, NET]) {
    expect((await client.send('PATCH', path, { tags: { c: '3' } })).status).toBe(200);
    expect(at(await client.get(path), 'tags')).toEqual({ c: '3' });
  }
  expect((await client.send('PATCH', NET, { properties: {} })).status).toBe(400);
  expect(objectsAt(await client.get(NET), 'properties', 'subnets')).toHaveLength(2);
});

test('a group is there or not by HEAD, and its permissions can be asked for', async () => {
  expect((await client.send('HEAD', GROUP)).status).toBe(404);
  await client.apply('PUT', GROUP, { location: 'eastus' });
  expect((await client.send('HEAD', GROUP)).status).toBe(204);
  const permissions = await client.get(`${GROUP}/providers/Microsoft.Authorization/permissions`);
  expect(objectsAt(permissions, 'value')).toEqual([{ actions: ['*'], notActions: [] }]);
  expect(objectAt(await client.get(SUBSCRIPTION))['state']).toBe('Enabled');
});

test('the clock can be read', async () => {
  await client.pass(90);
  const now = client.clock.now();
  expect(await client.get('/_local/clock')).toEqual({ now, time: new Date(now).toISOString() });
});
