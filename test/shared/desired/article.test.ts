import { desiredCluster } from '../../../shared/desired/cluster.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes, desiredSubnetRouting } from '../../../shared/desired/network.ts';
import { desiredPublicIp } from '../../../shared/desired/publicIps.ts';
import { desiredResourceGroup } from '../../../shared/desired/resourceGroup.ts';
import type { DesiredResource } from '../../../shared/model/resource.ts';
import { articleSpec } from '../../support/spec.ts';
import { articleRequests, hasReferenceData, type ArticleRequest } from './referenceData.ts';

const describeWithData = hasReferenceData ? describe : describe.skip;

interface Named {
  readonly name: string;
  readonly properties: Record<string, unknown>;
}
interface Body {
  readonly location: string;
  readonly properties: Record<string, unknown>;
}

/** Compared with what the real `az` wrote for the article's commands: the same resources, names and values. */
describeWithData('a spec with a name alone is the article’s environment', () => {
  const spec = articleSpec();
  const facts = {
    firewallPrivateIp: '10.42.2.4',
    frontends: ['20.62.10.30'],
    outboundRanges: ['203.0.113.10/32'],
  };
  let requests: readonly ArticleRequest[] = [];
  beforeAll(() => {
    requests = articleRequests();
  });

  /** The last body that a command wrote. */
  const written = (command: string) =>
    requests.findLast((request) => request.command === command && request.method === 'PUT') as ArticleRequest & {
      readonly body: Body;
    };
  const sameId = (resource: DesiredResource, request: ArticleRequest) =>
    expect(resource.id.toLowerCase()).toBe(request.path.split('?')[0]?.toLowerCase());
  const own = (resource: DesiredResource) => resource.body as unknown as Body & { tags: object };

  test('resource group', () => {
    sameId(desiredResourceGroup(spec), written('group create'));
    expect(own(desiredResourceGroup(spec))).toMatchObject(written('group create').body);
  });

  test('virtual network with both subnets, DNS servers and route table', () => {
    const network = desiredNetworkRouting(spec, facts);
    const create = written('network vnet create');
    const update = written('network vnet update');
    const subnet = written('network vnet subnet update');
    sameId(network, create);
    sameId(desiredSubnetRouting(spec), subnet);
    const [clusterSubnet, firewallSubnet] = own(network).properties['subnets'] as Named[];
    expect(own(network).location).toBe(create.body.location);
    expect(own(network).properties['addressSpace']).toEqual(create.body.properties['addressSpace']);
    expect(own(network).properties['dhcpOptions']).toEqual(update.body.properties['dhcpOptions']);
    expect(clusterSubnet?.properties).toEqual(subnet.body.properties);
    expect(own(desiredSubnetRouting(spec)).properties).toEqual(subnet.body.properties);
    expect(firewallSubnet).toEqual(written('network vnet subnet create').body);
  });

  test('public IP', () => {
    const request = written('network public-ip create');
    sameId(desiredPublicIp(spec), request);
    expect(own(desiredPublicIp(spec))).toMatchObject(request.body);
  });

  test('route table with both routes', () => {
    const table = desiredRoutes(spec, facts);
    sameId(table, written('network route-table create'));
    const routes = requests.filter(
      ({ command, method }) => command === 'network route-table route create' && method === 'PUT',
    );
    expect(own(table).properties['routes']).toEqual(routes.map(({ body }) => body));
  });

  test('firewall with every rule, in one write', () => {
    const firewall = desiredFirewall(spec);
    const request = written('network firewall application-rule create');
    sameId(firewall, request);
    const { ipConfigurations, sku, ...properties } = own(firewall).properties;
    const expected = request.body.properties;
    expect(properties).toEqual({
      threatIntelMode: expected['threatIntelMode'],
      additionalProperties: expected['additionalProperties'],
      networkRuleCollections: expected['networkRuleCollections'],
      applicationRuleCollections: expected['applicationRuleCollections'],
    });
    expect(sku).toMatchObject(expected['sku'] as object);
    const [configuration] = expected['ipConfigurations'] as Named[];
    expect(ipConfigurations).toEqual([{ name: configuration?.name, properties: configuration?.properties }]);
  });

  test('cluster', () => {
    const cluster = desiredCluster(spec, facts);
    const request = requests.find(({ command, method }) => command === 'aks create' && method === 'PUT') as never as {
      path: string;
      body: Body & { identity: object };
    };
    sameId(cluster, request as never);
    const { agentPoolProfiles, networkProfile, ...properties } = own(cluster).properties;
    expect(cluster.body['identity']).toEqual(request.body.identity);
    expect(request.body.properties).toMatchObject({ dnsPrefix: properties['dnsPrefix'], enableRBAC: true });
    expect(networkProfile).toMatchObject(request.body.properties['networkProfile'] as object);
    expect(request.body.properties['agentPoolProfiles']).toMatchObject(agentPoolProfiles as object[]);
    // The article's own list lacks whoever set it up; nodes are in it in both.
    expect(properties['apiServerAccessProfile']).toEqual({ authorizedIPRanges: ['20.62.10.30/32', '203.0.113.10/32'] });
  });
});
