import { desiredCluster } from '../../../shared/desired/cluster.ts';
import { desiredRoleAssignments } from '../../../shared/desired/clusterIdentity.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes, desiredSubnetRouting } from '../../../shared/desired/network.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import type { DesiredResource } from '../../../shared/model/resource.ts';
import { planResource } from '../../../shared/plan/mergeResource.ts';
import type { Difference, WritableResourcePlan } from '../../../shared/plan/resourcePlan.ts';
import { articleSpec } from '../../support/spec.ts';

const spec = articleSpec();
const facts = { firewallPrivateIp: '10.42.2.4', frontends: ['20.62.10.30'], outboundRanges: ['20.1.2.3/32'] };
const firewall = desiredFirewall(spec);
const network = desiredNetworkRouting(spec, facts);
const routes = desiredRoutes(spec, facts);
const cluster = desiredCluster(spec, facts);

/** A body that may be edited freely. */
interface Editable {
  [key: string]: Editable & Editable[];
}
const edited = (resource: DesiredResource, edit: (body: Editable) => void): JsonObject => {
  const body = structuredClone(resource.body);
  edit(body as Editable);
  return body;
};

function planned(desired: DesiredResource, actual: JsonObject | undefined): WritableResourcePlan {
  const plan = planResource(desired, actual, 'aks-egress');
  if (plan.action === 'foreign') throw new Error('foreign');
  return plan;
}

const differences = (desired: DesiredResource, actual: JsonObject): readonly Difference[] =>
  planned(desired, actual).differences;

describe('whether anything has to be written', () => {
  test('a resource that is absent is created as it is wanted', () => {
    const plan = planned(routes, undefined);
    expect(plan).toMatchObject({ kind: 'routeTable', id: routes.id, action: 'create', body: routes.body });
    expect(plan.differences).toContainEqual({
      path: 'properties.routes[aks-egress-fwinternet].properties.addressPrefix',
      after: '20.62.10.30/32',
    });
  });

  test('a resource that is as wanted is not written', () => {
    const plan = planned(firewall, firewall.body);
    expect(plan).toMatchObject({ action: 'none', differences: [] });
    expect(plan.body).toBe(firewall.body);
  });

  test('one difference is one change, and nothing else in the body moves', () => {
    const actual = edited(firewall, (body) =>
      Object.assign(body['properties']!, { threatIntelMode: 'Off', unknown: { a: [1] } }),
    );
    const plan = planned(firewall, actual);
    expect(plan.action).toBe('modify');
    expect(plan.differences).toEqual([{ path: 'properties.threatIntelMode', before: 'Off', after: 'Alert' }]);
    expect(plan.body).toEqual({
      ...actual,
      properties: { ...(actual['properties'] as object), threatIntelMode: 'Alert' },
    });
  });

  test('a property that is missing is added', () => {
    const actual = edited(firewall, (body) => delete (body['properties'] as Editable)['additionalProperties']);
    expect(differences(firewall, actual)).toEqual([
      { path: 'properties.additionalProperties["Network.DNS.EnableProxy"]', after: 'true' },
    ]);
  });
});

describe('whose a resource is', () => {
  const plan = (tags: JsonObject | undefined) => planResource(routes, { ...routes.body, tags }, 'aks-egress');

  test('without our tag it is foreign and has no body', () => {
    expect(plan({})).toEqual({ kind: 'routeTable', id: routes.id, action: 'foreign', differences: [] });
    expect(plan(undefined).action).toBe('foreign');
  });

  test('with the tag of another environment it is foreign, and says whose', () => {
    expect(plan({ 'gatehouse-environment': 'other' })).toMatchObject({ action: 'foreign', owner: 'other' });
  });

  test('the name of the tag compares case-insensitively and keeps its spelling, other tags survive', () => {
    expect(plan({ 'Gatehouse-Environment': 'aks-egress', team: 'shop' })).toMatchObject({ action: 'none' });
  });

  test('subnets and role assignments carry no tags', () => {
    const subnet = desiredSubnetRouting(spec);
    expect(planned(subnet, subnet.body).action).toBe('none');
    const [role] = desiredRoleAssignments(spec, 'p1');
    expect(planned(role!, role!.body).action).toBe('none');
  });
});

describe('values that mean the same are no difference', () => {
  test.each<[string, DesiredResource, (body: Editable) => void]>([
    ['a location in words', firewall, (body) => Object.assign(body, { location: 'East US' })],
    [
      'ids in another case',
      firewall,
      (body) =>
        Object.assign((body['properties']!['ipConfigurations']![0] as Editable)['properties']!, {
          subnet: {
            id: (
              firewall.id.replace(/azureFirewalls.*/, '') +
              'virtualNetworks/AKS-egress-vnet/subnets/azurefirewallsubnet'
            ).toLowerCase(),
          },
        }),
    ],
    [
      'names in another case',
      network,
      (body) => Object.assign(body['properties']!['subnets']![0] as object, { name: 'AKS-Subnet' }),
    ],
    [
      'enumerations in another case',
      cluster,
      (body) => Object.assign(body['properties']!['networkProfile'] as object, { loadBalancerSku: 'Standard' }),
    ],
    [
      'numbers as text',
      cluster,
      (body) => Object.assign(body['properties']!['agentPoolProfiles']![0] as object, { count: '3' }),
    ],
    [
      'an address for its /32',
      routes,
      (body) =>
        Object.assign(body['properties']!['routes']![1]!['properties'] as object, { addressPrefix: '20.62.10.30' }),
    ],
    [
      'a subnet that lists its one prefix',
      network,
      (body) => {
        const properties = body['properties']!['subnets']![0]!['properties'] as Editable;
        Object.assign(properties, { addressPrefixes: [properties['addressPrefix']] });
        delete properties['addressPrefix'];
      },
    ],
    [
      'lists in another order',
      firewall,
      (body) => {
        (body['properties']!['applicationRuleCollections'] as unknown[]).reverse();
        (body['properties']!['networkRuleCollections']![0]!['properties']!['rules'] as unknown[]).reverse();
      },
    ],
    [
      'empty lists that Azure echoes',
      firewall,
      (body) => {
        Object.assign(body['properties']!['networkRuleCollections']![0]!['properties']!['rules']![0] as object, {
          sourceIpGroups: [],
          destinationFqdns: [],
        });
      },
    ],
    [
      'a patch of the wanted minor version',
      desiredCluster(articleSpec({ cluster: { version: '1.33' } }), facts),
      (body) => Object.assign(body['properties']!, { kubernetesVersion: '1.33.4' }),
    ],
    [
      'a number of nodes that the autoscaler owns',
      cluster,
      (body) =>
        Object.assign(body['properties']!['agentPoolProfiles']![0] as object, { count: 7, enableAutoScaling: true }),
    ],
    [
      'a role answered without its subscription',
      desiredRoleAssignments(spec, 'p1')[0]!,
      (body) =>
        Object.assign(body['properties']!, {
          roleDefinitionId: '/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7',
        }),
    ],
  ])('%s', (_what, desired, edit) => {
    expect(differences(desired, edited(desired, edit))).toEqual([]);
  });
});

describe('lists', () => {
  const rangesPath = 'properties.apiServerAccessProfile.authorizedIPRanges';
  const withRanges = (ranges: readonly string[]) =>
    edited(cluster, (body) =>
      Object.assign(body['properties']!['apiServerAccessProfile'] as object, { authorizedIPRanges: ranges }),
    );

  test('authorized ranges only grow', () => {
    const foreign = ['99.1.2.3/32', '20.62.10.30'];
    expect(differences(cluster, withRanges(foreign))).toEqual([
      { path: rangesPath, before: foreign, after: [...foreign, '20.1.2.3/32'] },
    ]);
    expect(differences(cluster, withRanges(['20.0.0.0/8']))).toEqual([]);
  });

  test('protection that was switched off is switched on again', () => {
    expect(differences(cluster, withRanges([]))).toEqual([
      { path: rangesPath, before: [], after: ['20.62.10.30/32', '20.1.2.3/32'] },
    ]);
    expect(
      differences(
        cluster,
        edited(cluster, (body) => delete (body['properties'] as Editable)['apiServerAccessProfile']),
      ),
    ).toEqual([{ path: rangesPath, after: ['20.62.10.30/32', '20.1.2.3/32'] }]);
  });

  test('address ranges that others added to the network stay', () => {
    const actual = edited(network, (body) =>
      Object.assign(body['properties']!, { addressSpace: { addressPrefixes: ['10.43.0.0/16'] } }),
    );
    expect(differences(network, actual)).toEqual([
      {
        path: 'properties.addressSpace.addressPrefixes',
        before: ['10.43.0.0/16'],
        after: ['10.43.0.0/16', '10.42.0.0/16'],
      },
    ]);
  });

  test('another DNS server beside the firewall would be a way around it', () => {
    const actual = edited(network, (body) =>
      Object.assign(body['properties']!, { dhcpOptions: { dnsServers: ['10.42.2.4', '8.8.8.8'] } }),
    );
    expect(differences(network, actual)).toEqual([
      { path: 'properties.dhcpOptions.dnsServers', before: ['10.42.2.4', '8.8.8.8'], after: ['10.42.2.4'] },
    ]);
  });

  test('foreign subnets and routes survive in place, missing ones of ours come last', () => {
    const foreign = { name: 'theirs', properties: { addressPrefix: '10.42.9.0/24', nextHopType: 'None' } };
    const actual = edited(routes, (body) =>
      Object.assign(body['properties']!, { routes: [foreign, body['properties']!['routes']![1]] }),
    );
    const plan = planned(routes, actual);
    expect(plan.body).toMatchObject({
      properties: { routes: [foreign, { name: 'aks-egress-fwinternet' }, { name: 'aks-egress-fwrn' }] },
    });
  });
});
