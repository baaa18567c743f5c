import { at, objectsAt, type JsonObject } from '../../../local/azure/json.ts';
import { aFirewall, aNetwork, aPublicIp, buildFirewall, GROUP, NETWORK, startClient, type Client } from './client.ts';

const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const NET = `${NETWORK}/virtualNetworks/v`;
const rule = {
  name: 'r',
  protocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: ['*'],
  destinationPorts: ['443'],
};
const collection = (name: string, priority: number) => ({
  name,
  properties: { priority, action: { type: 'Allow' }, rules: [rule] },
});

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

describe('an accepted write', () => {
  beforeEach(() => client.apply('PUT', GROUP, { location: 'eastus' }));

  test('answers 201 when it creates and 200 when it updates, Updating both times', async () => {
    const created = await client.send('PUT', NET, aNetwork());
    expect([created.status, at(created.body, 'properties', 'provisioningState')]).toEqual([201, 'Updating']);
    await client.finish(created);
    const updated = await client.send('PUT', NET, { ...aNetwork(), tags: { a: 'b' } });
    expect([updated.status, at(updated.body, 'properties', 'provisioningState')]).toEqual([200, 'Updating']);
  });

  test('leads to its operation by a signed URL', async () => {
    const { headers } = await client.send('PUT', NET, aNetwork());
    expect(headers.get('azure-asyncnotification')).toBe('Enabled');
    expect(headers.get('azure-asyncoperation')).toMatch(
      /\/providers\/Microsoft\.Network\/locations\/eastus\/operations\/[0-9a-f-]{36}\?api-version=2025-07-01&t=\d{18}&c=[\w-]+&s=[\w-]+&h=[\w-]+$/,
    );
    expect(headers.get('location')).toBeNull();
    expect(headers.get('retry-after')).toBe('10');
  });

  test('is done when its time has come, not before', async () => {
    const accepted = await client.send('PUT', `${NETWORK}/routeTables/t`, { location: 'eastus' });
    const operation = accepted.headers.get('azure-asyncoperation') ?? '';
    await client.pass(9.9);
    expect((await client.send('GET', operation)).body).toEqual({ status: 'InProgress' });
    expect(at(await client.get(`${NETWORK}/routeTables/t`), 'properties', 'provisioningState')).toBe('Updating');
    await client.pass(0.1);
    expect((await client.send('GET', operation)).body).toEqual({ status: 'Succeeded' });
    expect(at(await client.get(`${NETWORK}/routeTables/t`), 'properties', 'provisioningState')).toBe('Succeeded');
  });

  test('is found only by the URL as it was given', async () => {
    const { headers } = await client.send('PUT', NET, aNetwork());
    const url = new URL(headers.get('azure-asyncoperation') ?? '');
    const bare = `${url.pathname}?api-version=2025-07-01`;
    const otherVersion = `${url.pathname}${url.search.replace('2025-07-01', '2024-01-01')}`;
    const shortened = `${url.pathname}${url.search.slice(0, -1)}`;
    const statuses = await Promise.all([bare, otherVersion, shortened].map((path) => client.send('GET', path)));
    expect(statuses.map(({ status }) => status)).toEqual([404, 403, 403]);
  });

  test('is forgotten a while after it has ended', async () => {
    const { headers } = await client.send('PUT', NET, aNetwork());
    await client.pass(2 * 3600);
    expect((await client.send('GET', headers.get('azure-asyncoperation') ?? '')).status).toBe(404);
    expect(at(await client.get(NET), 'properties', 'provisioningState')).toBe('Succeeded');
  });

  test('is remembered for ten minutes on the wall where time goes so fast that the hour is shorter', async () => {
    const fast = await startClient({ timeScale: 600 });
    await fast.apply('PUT', GROUP, { location: 'eastus' });
    const { headers } = await fast.send('PUT', NET, aNetwork());
    const statuses: number[] = [];
    for (const seconds of [9 * 60, 2 * 60]) {
      await fast.pass(seconds * 600);
      statuses.push((await fast.send('GET', headers.get('azure-asyncoperation') ?? '')).status);
    }
    expect(statuses).toEqual([200, 404]);
    await fast.close();
  });
});

test('the hint of a long operation grows with every poll and is gone at the end', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', NET, aNetwork());
  await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  const { headers } = await client.send('PUT', FIREWALL, aFirewall());
  const operation = headers.get('azure-asyncoperation') ?? '';
  const hints = [headers.get('retry-after')];
  while (hints.at(-1) !== null) {
    await client.pass(Number(hints.at(-1)));
    hints.push((await client.send('GET', operation)).headers.get('retry-after'));
  }
  expect(hints).toEqual(['10', '10', '20', '20', '40', '40', '80', '160', null]);
});

describe('addresses', () => {
  test('a public IP has none until it is finished', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    const created = await client.send('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
    expect(at(created.body, 'properties', 'ipAddress')).toBeUndefined();
    await client.finish(created);
    expect(at(await client.get(`${NETWORK}/publicIPAddresses/p`), 'properties', 'ipAddress')).toMatch(
      /^20\.\d+\.\d+\.\d+$/,
    );
  });

  test("a firewall's IP configuration says Succeeded and has none until the firewall is finished", async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', NET, aNetwork());
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
    const created = await client.send('PUT', FIREWALL, aFirewall());
    await client.pass(300);
    const [early] = objectsAt(await client.get(FIREWALL), 'properties', 'ipConfigurations');
    expect(at(early, 'properties', 'provisioningState')).toBe('Succeeded');
    expect(at(early, 'properties')).not.toHaveProperty('privateIPAddress');
    await client.finish(created);
    const [late] = objectsAt(await client.get(FIREWALL), 'properties', 'ipConfigurations');
    expect(at(late, 'properties', 'privateIPAddress')).toBe('10.42.2.4');
  });
});

describe('etags', () => {
  test('stand in the header of a GET alone, change with a PUT and again when it is done, and are shared by children', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    const created = await client.send('PUT', NET, aNetwork());
    expect(created.headers.get('etag')).toBeNull();
    await client.finish(created);
    const read = await client.send('GET', NET);
    expect(read.headers.get('etag')).toBe(at(read.body, 'etag'));
    expect(at(read.body, 'etag')).not.toBe(at(created.body, 'etag'));
    const children = objectsAt(read.body, 'properties', 'subnets').map(({ etag }) => etag);
    expect(children).toEqual([at(read.body, 'etag'), at(read.body, 'etag')]);
    await client.apply('PUT', `${NET}/subnets/more`, { properties: { addressPrefix: '10.42.9.0/24' } });
    const [network, subnet] = [await client.get(NET), await client.get(`${NET}/subnets/more`)];
    expect(at(network, 'etag')).toBe(at(subnet, 'etag'));
    expect(at(network, 'etag')).not.toBe(at(read.body, 'etag'));
  });

  test('stay as they are when a PUT changes nothing, which takes no time', async () => {
    const firewall = await buildFirewall(client);
    const again = await client.send('PUT', FIREWALL, firewall);
    expect([again.status, at(again.body, 'properties', 'provisioningState')]).toEqual([200, 'Succeeded']);
    expect(at(again.body, 'etag')).toBe(firewall['etag']);
    const operation = again.headers.get('azure-asyncoperation') ?? '';
    expect((await client.send('GET', operation)).body).toEqual({ status: 'Succeeded' });
    const [last] = objectsAt(await client.get('/_local/requests'), 'requests')
      .filter(({ write }) => write === true)
      .slice(-1);
    expect(last).toMatchObject({ kind: 'azureFirewalls.unchanged', operationSeconds: 0 });
  });
});

test('a deletion answers 202 with both URLs; the Location ends in 204 and the resource is gone only then', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  const accepted = await client.send('DELETE', `${NETWORK}/publicIPAddresses/p`);
  expect(accepted.status).toBe(202);
  const location = accepted.headers.get('location') ?? '';
  expect(location).toContain('/operationResults/');
  expect((await client.send('GET', location)).status).toBe(202);
  expect(at(await client.get(`${NETWORK}/publicIPAddresses/p`), 'properties', 'provisioningState')).toBe('Deleting');
  await client.finish(accepted);
  expect((await client.send('GET', location)).status).toBe(204);
  expect((await client.send('GET', `${NETWORK}/publicIPAddresses/p`)).status).toBe(404);
  expect((await client.send('DELETE', `${NETWORK}/publicIPAddresses/p`)).status).toBe(204);
});

test('ids and names compare without case, and answers keep the spelling of the creation', async () => {
  await client.apply('PUT', GROUP, { location: 'East US' });
  await client.apply('PUT', NET, aNetwork());
  const read = (await client.get(NET.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'))) as JsonObject;
  expect(read['id']).toBe(NET);
  const updated = await client.send('PUT', NET.toLowerCase(), { ...aNetwork(), tags: { a: 'b' } });
  expect([updated.status, at(updated.body, 'id'), at(updated.body, 'name')]).toEqual([200, NET, 'v']);
});

describe('how long a firewall write takes depends on what it changes', () => {
  const kinds = async () =>
    objectsAt(await client.get('/_local/requests'), 'requests')
      .filter(({ path, method }) => path === FIREWALL && method !== 'GET')
      .map(({ kind }) => kind);

  test('without IP configuration it is seconds', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', FIREWALL, aFirewall({ ipConfigurations: [] }));
    await client.apply(
      'PUT',
      FIREWALL,
      aFirewall({ ipConfigurations: [], networkRuleCollections: [collection('c', 100)] }),
    );
    await client.apply('DELETE', FIREWALL);
    expect(await kinds()).toEqual([
      'azureFirewalls.createWithoutIpConfiguration',
      'azureFirewalls.updateUnallocated',
      'azureFirewalls.deleteUnallocated',
    ]);
  });

  test('with one it is minutes', async () => {
    const firewall = await buildFirewall(client);
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/p2`, aPublicIp());
    const first = objectsAt(firewall, 'properties', 'ipConfigurations');
    const second = { name: 'second', properties: { publicIPAddress: { id: `${NETWORK}/publicIPAddresses/p2` } } };
    await client.apply('PUT', FIREWALL, aFirewall({ ipConfigurations: [...first, second] }));
    await client.apply('PUT', FIREWALL, aFirewall({ ipConfigurations: first }));
    await client.apply(
      'PUT',
      FIREWALL,
      aFirewall({ ipConfigurations: first, networkRuleCollections: [collection('c', 100)] }),
    );
    await client.apply('DELETE', FIREWALL);
    expect(await kinds()).toEqual([
      'azureFirewalls.allocate',
      'azureFirewalls.addIpConfiguration',
      'azureFirewalls.removeIpConfiguration',
      'azureFirewalls.updateAllocated',
      'azureFirewalls.deleteAllocated',
    ]);
  });
});

test('deleting a group takes as long as its slowest chain and takes everything with it', async () => {
  await buildFirewall(client);
  const accepted = await client.send('DELETE', GROUP);
  expect([accepted.status, accepted.headers.get('retry-after')]).toEqual([202, '15']);
  expect(at(await client.get(GROUP), 'properties', 'provisioningState')).toBe('Deleting');
  const start = client.clock.now();
  expect((await client.finish(accepted)).status).toBe(204);
  // The firewall (300 s), then side by side the network (4 s) and the public IP (20 s).
  expect((client.clock.now() - start) / 1000).toBeGreaterThanOrEqual(320);
  expect((client.clock.now() - start) / 1000).toBeLessThan(340);
  expect(at(await client.get('/_local/state'), 'resources')).toEqual([]);
});
