import fc from 'fast-check';
import { desiredCluster } from '../../shared/desired/cluster.ts';
import { desiredFirewall } from '../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes } from '../../shared/desired/network.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { Json, JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { firewallWith, foreignCollection, foreignRule, service } from '../shared/plan/ingressScene.ts';
import { broken, surprise } from './brokenJson.ts';

export const FRONTEND = '20.62.10.30';

/** Addresses that load balancers of the cluster have. */
export const BALANCERS = ['20.81.1.1', '10.42.1.250'];

/** A service with everything that a publication depends on, as an API server answers it. */
export const fullService: JsonObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    namespace: 'shop',
    name: 'web',
    uid: 'b4c7',
    creationTimestamp: '2026-01-02T03:04:05Z',
    annotations: {
      'gatehouse.dev/expose': 'true',
      'gatehouse.dev/ports': '8443:https,80:80',
      'gatehouse.dev/sources': '198.51.100.0/24',
      'gatehouse.dev/frontend': '1',
      'service.beta.kubernetes.io/port_81_no_lb_rule': 'true',
    },
  },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.0.3.4',
    ports: [
      { name: 'https', port: 443, protocol: 'TCP', nodePort: 31_380, targetPort: 8443 },
      { port: 80, nodePort: 31_381, targetPort: 'http' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: BALANCERS[0]!, ipMode: 'VIP' }] } },
};

/** One that says who may come by what its load balancer is told, and has no annotations. */
export const restrictedService: JsonObject = {
  metadata: { namespace: 'shop', name: 'api', creationTimestamp: '2026-01-02T03:04:05Z' },
  spec: {
    type: 'LoadBalancer',
    ports: [{ port: 8080 }],
    loadBalancerSourceRanges: ['198.51.100.0/24', '20.62.10.30/32'],
  },
  status: { loadBalancer: { ingress: [{ ip: BALANCERS[0]! }] } },
};

/** What an API server might list: services of which parts are gone, wrong or huge, and things that are none. */
export const brokenService: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: broken(fullService) },
  { weight: 4, arbitrary: broken(restrictedService) },
  { weight: 1, arbitrary: surprise },
);

const firewallPrivateIp = '10.42.2.4';

/** The service whose rule is on {@link readyResources}' firewall. */
export const publishedService = service({
  name: 'web',
  loadBalancerSourceRanges: ['198.51.100.0/24', '20.62.10.30/32'],
});

/** What a ready environment is made of, as Azure answers it: with its echo, and with what others have put there. */
export function readyResources(spec: EnvironmentSpec) {
  const answer = (body: JsonObject): JsonObject => JSON.parse(JSON.stringify(body)) as JsonObject;
  const frontends = [FRONTEND];
  const { virtualNetwork, firewall, routeTable, cluster } = resourceIds(spec);
  const echo = { etag: 'W/"1"', provisioningState: 'Succeeded' };
  const read = (id: string, body: JsonObject, added: JsonObject = {}): JsonObject => {
    const { properties, ...rest } = answer(body);
    return { id, etag: 'W/"1"', ...rest, properties: { ...echo, ...(properties as JsonObject), ...added } };
  };
  const network = desiredNetworkRouting(spec, { firewallPrivateIp }).body['properties'] as JsonObject;
  const configuration = (desiredFirewall(spec).body['properties'] as { ipConfigurations: JsonObject[] })
    .ipConfigurations[0];
  return {
    firewall: read(firewall, desiredFirewall(spec).body, {
      natRuleCollections: [
        ...((firewallWith(publishedService)['properties'] as JsonObject)['natRuleCollections'] as Json[]),
        foreignCollection([foreignRule({ destinationPorts: ['9000'] })]),
      ],
      ipConfigurations: [
        {
          ...configuration,
          properties: { ...(configuration?.['properties'] as JsonObject), privateIPAddress: firewallPrivateIp },
        },
      ],
    }),
    routeTable: read(routeTable, desiredRoutes(spec, { firewallPrivateIp, frontends }).body, {
      subnets: [{ id: `${virtualNetwork}/subnets/aks-subnet` }],
    }),
    virtualNetwork: read(virtualNetwork, desiredNetworkRouting(spec, { firewallPrivateIp }).body, {
      subnets: [...(network['subnets'] as Json[]), { name: 'theirs', properties: { addressPrefix: '10.42.9.0/24' } }],
    }),
    cluster: read(cluster, desiredCluster(spec, { frontends, outboundRanges: ['203.0.113.10/32'] }).body),
  };
}
