import { ManagedIdentityCredential } from '@azure/identity';
import { NetworkManagementClient } from '@azure/arm-network';
import { at } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, startClient, type Client } from './client.ts';

let client: Client;
beforeEach(async () => {
  client = await startClient();
  process.env['IDENTITY_ENDPOINT'] = client.azure.identity.endpoint;
  process.env['IDENTITY_HEADER'] = client.azure.identity.header;
});
afterEach(async () => {
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await client.close();
});

/** Bearer tokens go over https alone; on loopback the policy that insists on it gives way to a header of our own. */
async function realClient(): Promise<NetworkManagementClient> {
  const credential = new ManagedIdentityCredential();
  const { token } = await credential.getToken('https://management.azure.com/.default');
  const network = new NetworkManagementClient(credential, '00000000-0000-0000-0000-0000000000aa', {
    endpoint: client.azure.origin,
    allowInsecureConnection: true,
  });
  network.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  network.pipeline.addPolicy({
    name: 'token',
    sendRequest: (request, next) => {
      request.headers.set('authorization', `Bearer ${token}`);
      return next(request);
    },
  });
  return network;
}

test('the real SDK gets a token from the managed-identity endpoint, reads resources and understands refusals', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
  const network = await realClient();
  const read = await network.virtualNetworks.get('g', 'v');
  expect(read.addressSpace?.addressPrefixes).toEqual(['10.42.0.0/16']);
  expect(read.subnets?.map(({ name }) => name)).toEqual(['nodes', 'AzureFirewallSubnet']);
  await expect(network.azureFirewalls.get('g', 'none')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
  });
});

test('the real SDK follows the signed operation URL of a write to its end', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  const network = await realClient();
  const poller = network.routeTables.createOrUpdate('g', 't', { location: 'eastus' });
  await poller.submitted();
  await client.pass(10);
  const table = await poller.pollUntilDone();
  expect(table.provisioningState).toBe('Succeeded');
  expect(at(await client.get(`${NETWORK}/routeTables/t`), 'etag')).toBe(table.etag);
});
