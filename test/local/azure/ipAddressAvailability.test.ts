import { buildFirewall, NETWORK, refusal, startClient, type Client } from './client.ts';

describe('whether an address of a network is free', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient();
    await buildFirewall(client);
  });
  afterEach(() => client.close());

  const check = (address: string) =>
    client.send(
      'GET',
      `${NETWORK}/virtualNetworks/v/CheckIPAddressAvailability?ipAddress=${address}&api-version=2025-07-01`,
    );

  test('is told of a free one', async () => {
    expect((await check('10.42.1.4')).body).toEqual({ available: true, isPlatformReserved: false });
  });

  test('is told of one that Azure keeps, with the next free ones', async () => {
    expect((await check('10.42.1.255')).body).toEqual({
      available: false,
      availableIPAddresses: ['10.42.1.4', '10.42.1.5', '10.42.1.6', '10.42.1.7', '10.42.1.8'],
      isPlatformReserved: true,
    });
  });

  test("is told of a firewall's", async () => {
    expect((await check('10.42.2.4')).body).toEqual({
      available: false,
      availableIPAddresses: ['10.42.2.5', '10.42.2.6', '10.42.2.7', '10.42.2.8', '10.42.2.9'],
      isPlatformReserved: false,
    });
  });

  test.each(['10.42.9.9', 'here'])('is no question of %s, which is in no subnet', async (address) => {
    expect(refusal(await check(address))).toEqual([400, 'PrivateIPAddressNotInAnySubnet']);
  });
});
