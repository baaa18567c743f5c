import { at, objectsAt, type Json } from '../../../local/azure/json.ts';
import {
  aFirewall,
  aNetwork,
  aPublicIp,
  buildFirewall,
  GROUP,
  NETWORK,
  refusal,
  startClient,
  type Client,
} from './client.ts';

const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const NET = `${NETWORK}/virtualNetworks/v`;

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

/** Sends a PUT and gives status and code of what comes back. */
const put = async (path: string, body: Json) => refusal(await client.send('PUT', path, body));

describe('while an operation is under way', () => {
  test('a firewall that is updating answers 409 and where to look', async () => {
    await buildFirewall(client);
    const accepted = await client.send('PUT', FIREWALL, aFirewall({ threatIntelMode: 'Deny' }));
    const second = await client.send('PUT', FIREWALL, aFirewall({ threatIntelMode: 'Off' }));
    expect(refusal(second)).toEqual([409, 'AnotherOperationInProgress']);
    expect(second.headers.get('retry-after')).toBeNull();
    const id = /operations\/([0-9a-f-]{36})/.exec(accepted.headers.get('azure-asyncoperation') ?? '')?.[1] ?? 'none';
    expect(at(second.body, 'error', 'message')).toContain(id);
    expect(refusal(await client.send('DELETE', FIREWALL))).toEqual([409, 'AnotherOperationInProgress']);
  });

  test('other network resources answer 429, with a hint, until it is over', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.send('PUT', NET, aNetwork());
    const busy = await client.send('PUT', `${NET}/subnets/more`, { properties: { addressPrefix: '10.42.9.0/24' } });
    expect(refusal(busy)).toEqual([429, 'RetryableError']);
    expect(busy.headers.get('retry-after')).toBe('11');
    expect(objectsAt(busy.body, 'error', 'details')[0]).toMatchObject({
      code: 'RetryableErrorDueToAnotherOperation',
      message: expect.stringMatching(
        /^Operation PutVirtualNetworkOperation .* The call can be retried in 11 seconds\.$/,
      ) as string,
    });
    await client.pass(11);
    expect(
      (await client.send('PUT', `${NET}/subnets/more`, { properties: { addressPrefix: '10.42.9.0/24' } })).status,
    ).toBe(201);
  });

  test('a firewall waits for its network and public IP, and they wait for its allocation', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', NET, aNetwork());
    await client.send('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
    const early = await client.send('PUT', FIREWALL, aFirewall());
    expect(refusal(early)).toEqual([429, 'RetryableError']);
    expect(objectsAt(early.body, 'error', 'details')[0]).toMatchObject({ code: 'ReferencedResourceNotProvisioned' });
    await client.pass(11);
    await client.send('PUT', FIREWALL, aFirewall());
    expect(await put(NET, { ...aNetwork(), tags: { a: 'b' } })).toEqual([429, 'RetryableError']);
  });
});
