import { asText, at, objectAt, objectsAt, stringAt, stringsAt } from '../../../local/azure/json.ts';
import { GROUP, NETWORK, refusal, SUBSCRIPTION } from './client.ts';
import {
  aCluster,
  CLUSTER,
  frontends,
  NODES,
  NODE_SUBNET,
  ruleTexts,
  startClusterWorld,
  type ClusterWorld,
} from './clusterWorld.ts';

const AZURE = 'service.beta.kubernetes.io';
const OUTBOUND_IPS = ['properties', 'networkProfile', 'loadBalancerProfile', 'effectiveOutboundIPs'];
const LOAD_BALANCERS = `${NODES}/providers/Microsoft.Network/loadBalancers`;

let world: ClusterWorld;
beforeEach(async () => {
  world = await startClusterWorld();
});
afterEach(() => world.client.close());

const securityRules = async (): Promise<readonly string[]> => {
  const groups = await world.client.get(`${NODES}/providers/Microsoft.Network/networkSecurityGroups`);
  return objectsAt(objectsAt(groups, 'value')[0], 'properties', 'securityRules').map(({ properties }) => {
    const { access, priority, destinationPortRange, sourceAddressPrefix, sourceAddressPrefixes } = objectAt(properties);
    const sources = sourceAddressPrefix ?? stringsAt(sourceAddressPrefixes).join(' ');
    return [priority, access, destinationPortRange, 'from', sources].map(asText).join(' ');
  });
};
/** What was written by whom in the node resource group, oldest first. */
const writes = async () => {
  const filter = `eventTimestamp ge '2000-01-01' and resourceGroupName eq 'mc_g_c_EASTUS'`;
  const path = `${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01`;
  const log = await world.client.get(`${path}&$filter=${encodeURIComponent(filter)}`);
  return objectsAt(log, 'value')
    .filter((entry) => stringAt(entry, 'status', 'value') === 'Succeeded')
    .map((entry) => stringAt(entry, 'operationName', 'value')?.replace('Microsoft.Network/', ''))
    .sort();
};

describe('a public service', () => {
  test('gets a public IP, a frontend and a rule per port', async () => {
    const ip = world.ensure({
      ports: [
        { protocol: 'TCP', port: 80, nodePort: 1 },
        { protocol: 'UDP', port: 53, nodePort: 2 },
      ],
    });
    const loadBalancer = await world.loadBalancer('kubernetes');
    expect(ruleTexts(loadBalancer)).toEqual(['Tcp 80', 'Udp 53']);
    const [publicIp = ''] = frontends(loadBalancer);
    expect(await world.client.get(`${NODES}/providers/Microsoft.Network/publicIPAddresses/${publicIp}`)).toMatchObject({
      tags: { 'k8s-azure-service': 'default/web' },
      sku: { name: 'Standard' },
      properties: { ipAddress: ip },
    });
    expect(await securityRules()).toEqual(['500 Allow 80 from Internet', '501 Allow 53 from Internet']);
    expect(await writes()).toEqual(['loadBalancers/write', 'networkSecurityGroups/write', 'publicIPAddresses/write']);
  });

  test('that is as it should be causes no write', async () => {
    world.ensure({ name: 'web' });
    world.ensure({ name: 'api', ports: [{ protocol: 'TCP', port: 443, nodePort: 1 }] });
    const before = [await writes(), await world.loadBalancer('kubernetes')];
    world.ensure({ name: 'web' });
    world.ensure({ name: 'api', ports: [{ protocol: 'TCP', port: 443, nodePort: 1 }] });
    expect([await writes(), await world.loadBalancer('kubernetes')]).toEqual(before);
  });

  test('whose source ranges change writes the network security group alone', async () => {
    const ip = world.ensure();
    expect(world.ensure({ sourceRanges: ['203.0.113.0/24'] })).toBe(ip);
    expect(await securityRules()).toEqual(['500 Allow 80 from 203.0.113.0/24', '4000 Deny 80 from *']);
    expect((await writes()).filter((name) => name?.startsWith('loadB'))).toEqual(['loadBalancers/write']);
  });

  test('with ranges that are none is closed', async () => {
    world.ensure({ sourceRanges: ['everybody'] });
    expect(await securityRules()).toEqual(['4000 Deny 80 from *']);
  });

  test('goes with all that it had, and the load balancer with the last one', async () => {
    world.ensure({ name: 'web' });
    world.ensure({ name: 'api', ports: [{ protocol: 'TCP', port: 443, nodePort: 1 }] });
    world.remove({ name: 'web' });
    expect(ruleTexts(await world.loadBalancer('kubernetes'))).toEqual(['Tcp 443']);
    world.remove({ name: 'api' });
    expect(await world.client.get(LOAD_BALANCERS)).toEqual({ value: [] });
    const addresses = objectsAt(
      await world.client.get(`${NODES}/providers/Microsoft.Network/publicIPAddresses`),
      'value',
    );
    const outbound = objectsAt(await world.client.get(CLUSTER), ...OUTBOUND_IPS);
    expect(addresses.map(({ id }) => id)).toEqual(outbound.map(({ id }) => id));
    expect(await securityRules()).toEqual([]);
    expect((await writes()).filter((name) => name?.endsWith('/delete'))).toEqual([
      'loadBalancers/delete',
      'publicIPAddresses/delete',
      'publicIPAddresses/delete',
    ]);
    world.remove({ name: 'api' });
    expect((await writes()).filter((name) => name === 'loadBalancers/delete')).toHaveLength(1);
  });

  test('can have the public IP of another one by name, but not a port of it', () => {
    const ip = world.ensure({ name: 'web' });
    const shared = { name: 'api', requestedIp: ip };
    expect(world.ensure({ ...shared, ports: [{ protocol: 'UDP', port: 80, nodePort: 1 }] })).toBe(ip);
    expect(() => world.ensure(shared)).toThrow('RulesUseSameFrontendPortProtocolAndVIP');
    expect(() => world.ensure({ name: 'x', annotations: { [`${AZURE}/azure-pip-name`]: 'nobodys' } })).toThrow(
      'cannot find public IP with name nobodys in resource group MC_g_c_eastus',
    );
  });

  test('can have no SCTP port', () => {
    const ports = [{ protocol: 'SCTP', port: 80, nodePort: 1 }];
    expect(() => world.ensure({ ports })).toThrow('SCTP is only supported on internal LoadBalancer');
    expect(world.ensure({ ports, internal: true })).toBe('10.42.1.97');
  });
});

describe('an internal service', () => {
  test("gets the next free address of the cluster's subnet, after those of nodes and pods", async () => {
    // 4 of Azure, 3 nodes of 1 + 30 addresses.
    expect(world.ensure({ name: 'web', internal: true })).toBe('10.42.1.97');
    expect(world.ensure({ name: 'api', internal: true })).toBe('10.42.1.98');
    const loadBalancer = await world.loadBalancer('kubernetes-internal');
    expect(frontends(loadBalancer)).toEqual(['10.42.1.97', '10.42.1.98']);
    expect(
      stringAt(objectsAt(loadBalancer, 'properties', 'frontendIPConfigurations')[0], 'properties', 'subnet', 'id'),
    ).toBe(NODE_SUBNET);
    world.remove({ name: 'web', internal: true });
    expect(world.ensure({ name: 'other', internal: true })).toBe('10.42.1.97');
    expect(await securityRules()).toEqual([]);
  });

  test('can ask for an address, that of another service too, if it lies in the subnet', async () => {
    expect(world.ensure({ internal: true, requestedIp: '10.42.1.200' })).toBe('10.42.1.200');
    expect(
      world.ensure({
        name: 'api',
        internal: true,
        requestedIp: '10.42.1.200',
        ports: [{ protocol: 'TCP', port: 81, nodePort: 1 }],
      }),
    ).toBe('10.42.1.200');
    expect(frontends(await world.loadBalancer('kubernetes-internal'))).toEqual(['10.42.1.200']);
    expect(() => world.ensure({ name: 'x', internal: true, requestedIp: '10.9.9.9' })).toThrow(
      'PrivateIPAddressNotInSubnet',
    );
  });

  test('can lie in another subnet of the network', () => {
    const annotations = { [`${AZURE}/azure-load-balancer-internal-subnet`]: 'AzureFirewallSubnet' };
    expect(world.ensure({ internal: true, annotations })).toBe('10.42.2.4');
  });

  test('that becomes a public one leaves the internal load balancer', async () => {
    world.ensure({ internal: true });
    world.ensure({ internal: false });
    const all = await world.client.get(LOAD_BALANCERS);
    expect(objectsAt(all, 'value').map(({ name }) => name)).toEqual(['kubernetes']);
  });
});

describe('what runs in a cluster', () => {
  test('starts when its creation has ended, and goes with it', async () => {
    expect(world.lifecycle).toEqual(['started c']);
    await world.client.apply('DELETE', CLUSTER);
    expect(world.lifecycle).toEqual(['started c', 'removed c']);
    expect(() => world.ensure()).toThrow('does not exist any more');
  });

  test('hands its kubeconfigs out through ARM', async () => {
    const config = async (action: string) => {
      const { body } = await world.client.send('POST', `${CLUSTER}/${action}`);
      const [first] = objectsAt(body, 'kubeconfigs');
      return [first?.['name'], Buffer.from(stringAt(first, 'value') ?? '', 'base64').toString()];
    };
    expect(await config('listClusterUserCredential')).toEqual(['clusterUser', 'kubeconfig of c for user']);
    expect(await config('listClusterAdminCredential')).toEqual(['clusterAdmin', 'kubeconfig of c for admin']);
  });

  test('takes callers by the authorized ranges in effect, which an update changes when it has ended', async () => {
    expect(world.cloud.allows(CLUSTER, '198.51.100.7')).toBe(true);
    const profile = { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } };
    const release = world.client.clock.busy();
    const update = await world.client.send('PUT', CLUSTER, aCluster(profile));
    expect([update.status, world.cloud.allows(CLUSTER, '198.51.100.7')]).toEqual([200, true]);
    release();
    await world.client.finish(update);
    expect([world.cloud.allows(CLUSTER, '198.51.100.7'), world.cloud.allows(CLUSTER, '203.0.113.9')]).toEqual([
      false,
      true,
    ]);
  });

  test('knows the directory’s principals by their tokens, and what their roles let them do', async () => {
    const secret = { grant_type: 'client_credentials', client_id: 'somebody', client_secret: 's' };
    const token = async (scope: string) => {
      const response = await fetch(`${world.client.azure.origin}/tenant/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...secret, scope }),
      });
      return stringAt(await response.json(), 'access_token') ?? '';
    };
    const forClusters = await token('6dae42f8-4368-4678-94ff-3960e28e3630/.default');
    const principal = world.cloud.identify(CLUSTER, forClusters);
    expect(principal).toEqual({ objectId: expect.any(String) as string, may: 'nothing' });
    expect(world.cloud.identify(CLUSTER, await token('https://management.azure.com/.default'))).toBeUndefined();
    const reader = '7f6c6a51-bcf8-42ba-9220-52d62157d7db';
    const roleDefinitionId = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${reader}`;
    await world.client.send(
      'PUT',
      `${GROUP}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001`,
      {
        properties: { roleDefinitionId, principalId: principal?.objectId, principalType: 'ServicePrincipal' },
      },
    );
    // Azure's roles count only where the cluster goes by them.
    expect(world.cloud.identify(CLUSTER, forClusters)?.may).toBe('nothing');
    const aadProfile = { managed: true, enableAzureRBAC: true };
    await world.client.finish(await world.client.send('PUT', CLUSTER, aCluster({ aadProfile })));
    expect(world.cloud.identify(CLUSTER, forClusters)?.may).toBe('read');
  });
});

describe('the activity log', () => {
  const log = (filter: string) =>
    world.client.send(
      'GET',
      `${SUBSCRIPTION}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(filter)}`,
    );

  test('tells who wrote what: the caller, the cluster’s identity, a foreign hand', async () => {
    world.ensure();
    await world.client.apply('PUT', `${NETWORK}/routeTables/t`, { location: 'eastus' });
    await world.client.send('PUT', `/_local/state${NETWORK}/routeTables/t`, { tags: { by: 'hand' } });
    const principal = at(await world.client.get(CLUSTER), 'identity', 'principalId');
    const callers = async (uri: string) => {
      const { body } = await log(`eventTimestamp ge '2000-01-01' and resourceUri eq '${uri.toUpperCase()}'`);
      return objectsAt(body, 'value').map((entry) => [entry['caller'], stringAt(entry, 'status', 'value')]);
    };
    expect(await callers(`${LOAD_BALANCERS}/kubernetes`)).toEqual([
      [principal, 'Succeeded'],
      [principal, 'Started'],
    ]);
    const tables = await callers(`${NETWORK}/routeTables/t`);
    expect(tables.slice(0, 2).map(([caller]) => caller)).toEqual(['someone@example.com', 'someone@example.com']);
    expect(tables.slice(2)).toEqual([
      ['33333333-3333-4333-8333-333333333333', 'Succeeded'],
      ['33333333-3333-4333-8333-333333333333', 'Started'],
    ]);
  });

  test('needs a start time', async () => {
    expect(refusal(await log(`resourceGroupName eq 'g'`))).toEqual([400, 'BadRequest']);
    expect(refusal(await log(`eventTimestamp ge '2000-01-01' and color eq 'red'`))).toEqual([400, 'BadRequest']);
  });
});
