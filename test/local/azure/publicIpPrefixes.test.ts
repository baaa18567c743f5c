import { at, stringAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { contains, parseRange } from '../../../local/azure/ipv4.ts';
import { aPublicIp, GROUP, NETWORK, refusal, startClient, type Client } from './client.ts';

const PREFIX = `${NETWORK}/publicIPPrefixes/x`;
const prefix = (prefixLength: number, rest: JsonObject = {}): JsonObject => ({
  location: 'eastus',
  sku: { name: 'Standard' },
  properties: { prefixLength },
  ...rest,
});
const addressFrom = (id: string): JsonObject => ({
  ...aPublicIp(),
  properties: { publicIPAllocationMethod: 'Static', publicIPPrefix: { id } },
});

let client: Client;
beforeEach(async () => {
  client = await startClient();
  await client.apply('PUT', GROUP, { location: 'eastus' });
});
afterEach(() => client.close());

const put = async (path: string, body: Json) => refusal(await client.send('PUT', path, body));
const publicIp = (name: string) => `${NETWORK}/publicIPAddresses/${name}`;

test('a prefix has a range of its own, and its public IPs get their addresses from it', async () => {
  const made = await client.apply('PUT', PREFIX, prefix(31));
  const range = parseRange(stringAt(made, 'properties', 'ipPrefix') ?? '');
  expect(range?.prefixLength).toBe(31);
  for (const name of ['a', 'b']) {
    const address = await client.apply('PUT', publicIp(name), addressFrom(PREFIX));
    const single = parseRange(stringAt(address, 'properties', 'ipAddress') ?? '');
    expect(range !== undefined && single !== undefined && contains(range, single)).toBe(true);
  }
  expect(at(await client.get(PREFIX), 'properties', 'publicIPAddresses')).toEqual([
    { id: publicIp('a') },
    { id: publicIp('b') },
  ]);
  expect(await put(publicIp('c'), addressFrom(PREFIX))).toEqual([400, 'PublicIpPrefixOutOfIpAddresses']);
});

test('an address neither comes into a prefix later, nor leaves it', async () => {
  await client.apply('PUT', PREFIX, prefix(30));
  await client.apply('PUT', publicIp('a'), aPublicIp());
  await client.apply('PUT', publicIp('b'), addressFrom(PREFIX));
  expect(await put(publicIp('a'), addressFrom(PREFIX))).toEqual([400, 'PublicIPAddressPrefixCannotBeChanged']);
  expect(await put(publicIp('b'), aPublicIp())).toEqual([400, 'PublicIPAddressPrefixCannotBeChanged']);
});

test('a prefix keeps its size, and stays while an address comes from it', async () => {
  await client.apply('PUT', PREFIX, prefix(30));
  await client.apply('PUT', publicIp('a'), addressFrom(PREFIX));
  expect(await put(PREFIX, prefix(29))).toEqual([400, 'PublicIpPrefixLengthCannotBeChanged']);
  expect(refusal(await client.send('DELETE', PREFIX))).toEqual([400, 'InUsePublicIpPrefixCannotBeDeleted']);
  await client.apply('DELETE', publicIp('a'));
  await client.apply('DELETE', PREFIX);
  expect((await client.send('GET', PREFIX)).status).toBe(404);
});

test('what Azure gives nobody: other sizes, too many, other zones than those of its prefix', async () => {
  expect(await put(PREFIX, prefix(27))).toEqual([400, 'PublicIpPrefixInvalidPrefixLength']);
  expect(await put(PREFIX, prefix(32))).toEqual([400, 'PublicIpPrefixInvalidPrefixLength']);
  expect(await put(publicIp('a'), addressFrom(PREFIX))).toEqual([400, 'InvalidResourceReference']);
  await client.apply('PUT', PREFIX, prefix(30, { zones: ['1', '2', '3'] }));
  expect(await put(publicIp('a'), addressFrom(PREFIX))).toEqual([400, 'PublicIPAddressAndPrefixZoneMismatch']);
  await client.apply('PUT', publicIp('a'), { ...addressFrom(PREFIX), zones: ['1', '2', '3'] });
  await client.send('PUT', '/_local/quotas', { eastus: { PublicIpPrefixes: 1 } });
  expect(await put(`${PREFIX}2`, prefix(31))).toEqual([400, 'PublicIPPrefixCountLimitReached']);
});
