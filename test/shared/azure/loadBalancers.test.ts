import { frontendAddresses, listLoadBalancers } from '../../../shared/azure/loadBalancers.ts';
import { byId, publicAddress, publicIpsOfSubscription } from '../../../shared/azure/publicIps.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import { startArmServer, type ArmServer } from '../../support/armServer.ts';

const SUBSCRIPTION = '/subscriptions/s';
const GROUP = `${SUBSCRIPTION}/resourceGroups/MC_g_c_eastus`;
const PUBLIC_IPS = `${GROUP}/providers/Microsoft.Network/publicIPAddresses`;

let arm: ArmServer;
beforeAll(async () => {
  arm = await startArmServer();
});
afterAll(() => arm.close());

const publicIp = (id: string, ipAddress?: string) => ({ id, properties: ipAddress === undefined ? {} : { ipAddress } });
const loadBalancer = (...frontends: readonly object[]): JsonObject => ({
  properties: { frontendIPConfigurations: frontends.map((properties) => ({ properties: properties as JsonObject })) },
});

test('all public IPs of a subscription are one read, page by page', async () => {
  arm.answer(({ path, query }) => {
    if (path !== `${SUBSCRIPTION}/providers/Microsoft.Network/publicIPAddresses`) return undefined;
    const nextLink = `${arm.origin}${path}?api-version=x&$skiptoken=2`;
    return query.has('$skiptoken')
      ? { status: 200, body: { value: [publicIp(`${PUBLIC_IPS}/B`, '20.0.0.2')] } }
      : {
          status: 200,
          body: { value: [publicIp(`${PUBLIC_IPS}/a`, '20.0.0.1'), publicIp(`${PUBLIC_IPS}/new`)], nextLink },
        };
  });
  expect([...(await publicIpsOfSubscription('s'))]).toEqual([
    [`${PUBLIC_IPS}/a`.toLowerCase(), publicIp(`${PUBLIC_IPS}/a`, '20.0.0.1')],
    [`${PUBLIC_IPS}/new`.toLowerCase(), publicIp(`${PUBLIC_IPS}/new`)],
    [`${PUBLIC_IPS}/b`.toLowerCase(), publicIp(`${PUBLIC_IPS}/B`, '20.0.0.2')],
  ]);
});

test('an app that may not read the whole subscription knows none beforehand, and reads them one by one', async () => {
  const refusal = { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'may not' } } };
  arm.answer(({ path }) =>
    path === `${PUBLIC_IPS}/a` ? { status: 200, body: publicIp(`${PUBLIC_IPS}/a`, '20.0.0.1') } : refusal,
  );
  const known = await publicIpsOfSubscription('s');
  expect(known.size).toBe(0);
  expect(await publicAddress(`${PUBLIC_IPS}/a`, known)).toBe('20.0.0.1');
});

test('a node resource group without load balancers is not one that is missing', async () => {
  arm.answer(() => ({ status: 200, body: { value: [] } }));
  expect(await listLoadBalancers(GROUP)).toEqual([]);
  arm.answer(() => undefined);
  expect(await listLoadBalancers(GROUP)).toBeUndefined();
});

test('frontends are private addresses and the addresses of public IPs, each once', async () => {
  arm.answer(() => undefined);
  const addresses = await frontendAddresses(
    [
      loadBalancer({ publicIPAddress: { id: `${PUBLIC_IPS}/a` } }, { publicIPAddress: { id: `${PUBLIC_IPS}/A` } }),
      loadBalancer({ privateIPAddress: '10.42.1.200' }, {}),
    ],
    byId([publicIp(`${PUBLIC_IPS}/a`, '20.0.0.1')]),
  );
  expect(addresses).toEqual(['10.42.1.200', '20.0.0.1']);
  expect(arm.requests).toEqual([]);
});

test('a public IP of another subscription is read by itself, and left out when it is gone', async () => {
  const theirs = '/subscriptions/other/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/x';
  arm.answer(({ path }) => (path === theirs ? { status: 200, body: publicIp(theirs, '20.0.0.9') } : undefined));
  const frontends = [{ publicIPAddress: { id: theirs } }, { publicIPAddress: { id: `${theirs}-gone` } }];
  expect(await frontendAddresses([loadBalancer(...frontends)], new Map())).toEqual(['20.0.0.9']);
});
