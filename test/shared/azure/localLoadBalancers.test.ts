import { publicIpFacts } from '../../../shared/actual/facts.ts';
import { frontendAddresses, listLoadBalancers } from '../../../shared/azure/loadBalancers.ts';
import { publicIpsOfSubscription } from '../../../shared/azure/publicIps.ts';
import { GROUP, NETWORK, SUBSCRIPTION, aPublicIp, startClient, type Client } from '../../local/azure/client.ts';

/** Against local Azure, whose lists are those of the real one. */

let azure: Client;
beforeAll(async () => {
  azure = await startClient();
  Object.assign(process.env, {
    GATEHOUSE_ARM_ENDPOINT: azure.azure.origin,
    IDENTITY_ENDPOINT: azure.azure.identity.endpoint,
    IDENTITY_HEADER: azure.azure.identity.header,
  });
});
afterAll(() => azure.close());

test('the frontends of the load balancers in a group take two reads', async () => {
  await azure.apply('PUT', GROUP, { location: 'eastus' });
  const publicIp = `${NETWORK}/publicIPAddresses/kubernetes-a1`;
  await azure.apply('PUT', publicIp, aPublicIp());
  const frontends = [
    { name: 'a1', properties: { publicIPAddress: { id: publicIp } } },
    { name: 'a2', properties: { privateIPAddress: '10.42.1.200' } },
  ];
  await azure.send('PUT', `/_local/state${NETWORK}/loadBalancers/kubernetes`, {
    properties: { frontendIPConfigurations: frontends },
  });
  const [known, balancers] = await Promise.all([
    publicIpsOfSubscription(SUBSCRIPTION.split('/')[2] ?? ''),
    listLoadBalancers(GROUP),
  ]);
  const address = [...known.values()].map((one) => publicIpFacts(one).address);
  expect(address).toHaveLength(1);
  expect(await frontendAddresses(balancers ?? [], known)).toEqual(['10.42.1.200', ...address]);
  expect(await listLoadBalancers(`${GROUP}-gone`)).toBeUndefined();
});
