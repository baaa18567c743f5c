import { randomUUID } from 'node:crypto';
import { objectAt, objectsAt, omit, stringAt, type JsonObject } from '../json.ts';
import { groupId, sameId } from '../resourceId.ts';
import type { BalancedService } from '../clusterHost.ts';

export const LOAD_BALANCER_TYPE = 'Microsoft.Network/loadBalancers';

/** Where a service's traffic comes in: a public IP, or an address in a subnet. */
export type FrontendAddress = { readonly publicIpId: string } | { readonly subnetId: string; readonly address: string };

/** The load balancers of a cluster: one for public services, one for internal ones. */
export function loadBalancerId(subscription: string, nodeGroup: string, internal: boolean): string {
  return `${groupId(subscription, nodeGroup)}/providers/${LOAD_BALANCER_TYPE}/kubernetes${internal ? '-internal' : ''}`;
}

/** How the cloud provider calls what it makes for a service: from the service's uid alone. */
export function baseName(uid: string): string {
  return `a${uid.replaceAll('-', '')}`.slice(0, 32);
}

/** A load balancer with nothing in it yet. */
export function emptyLoadBalancer(id: string, location: string): JsonObject {
  return {
    name: id.slice(id.lastIndexOf('/') + 1),
    id,
    type: LOAD_BALANCER_TYPE,
    location,
    tags: { 'k8s-azure-cluster-name': 'kubernetes' },
    sku: { name: 'Standard', tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: randomUUID(),
      frontendIPConfigurations: [],
      backendAddressPools: [
        {
          name: 'kubernetes',
          id: `${id}/backendAddressPools/kubernetes`,
          properties: { provisioningState: 'Succeeded' },
        },
      ],
      loadBalancingRules: [],
      probes: [],
      inboundNatRules: [],
      outboundRules: [],
    },
  };
}

/** The service's frontend, its own or the one of another service that has the same address. */
export function withFrontend(body: JsonObject, name: string, address: FrontendAddress): JsonObject {
  const id = `${stringAt(body, 'id')}/frontendIPConfigurations/${name}`;
  const where =
    'publicIpId' in address
      ? { privateIPAllocationMethod: 'Dynamic', publicIPAddress: { id: address.publicIpId } }
      : {
          privateIPAllocationMethod: 'Static',
          privateIPAddress: address.address,
          privateIPAddressVersion: 'IPv4',
          subnet: { id: address.subnetId },
        };
  const frontend = {
    name,
    id,
    type: `${LOAD_BALANCER_TYPE}/frontendIPConfigurations`,
    properties: { provisioningState: 'Succeeded', ...where },
  };
  return exchange(body, 'frontendIPConfigurations', (other) => other['name'] === name, [frontend]);
}

/** The service's rules and probes on a frontend, in place of those it had. */
export function withRules(body: JsonObject, service: BalancedService, frontendName: string): JsonObject {
  const id = stringAt(body, 'id') ?? '';
  const base = baseName(service.uid);
  const frontend = `${id}/frontendIPConfigurations/${frontendName}`;
  const rules = service.ports.map(({ port, protocol }) => {
    const name = `${base}-${protocol}-${port}`;
    // SCTP goes by a rule for all ports and protocols.
    const all = protocol === 'SCTP';
    return {
      name,
      id: `${id}/loadBalancingRules/${name}`,
      type: `${LOAD_BALANCER_TYPE}/loadBalancingRules`,
      properties: {
        provisioningState: 'Succeeded',
        frontendIPConfiguration: { id: frontend },
        backendAddressPool: { id: `${id}/backendAddressPools/kubernetes` },
        ...(all ? {} : { probe: { id: `${id}/probes/${name}` } }),
        protocol: all ? 'All' : protocol === 'UDP' ? 'Udp' : 'Tcp',
        frontendPort: all ? 0 : port,
        backendPort: all ? 0 : port,
        enableFloatingIP: true,
        idleTimeoutInMinutes: 4,
        enableTcpReset: true,
        disableOutboundSnat: true,
        loadDistribution: 'Default',
      },
    };
  });
  const probes = service.ports
    .filter(({ protocol }) => protocol !== 'SCTP')
    .map(({ port, protocol, nodePort }) => ({
      name: `${base}-${protocol}-${port}`,
      id: `${id}/probes/${base}-${protocol}-${port}`,
      type: `${LOAD_BALANCER_TYPE}/probes`,
      properties: {
        provisioningState: 'Succeeded',
        protocol: 'Tcp',
        port: nodePort ?? port,
        intervalInSeconds: 5,
        numberOfProbes: 2,
      },
    }));
  const own = (one: JsonObject) => isOf(one, service.uid);
  return exchange(exchange(body, 'loadBalancingRules', own, rules), 'probes', own, probes);
}

/** Without a service's rules, and without the frontends that nobody has a rule for any more. */
export function withoutService(body: JsonObject, uid: string): JsonObject {
  return withoutUnusedFrontends(withoutRules(body, uid));
}

export function withoutUnusedFrontends(body: JsonObject): JsonObject {
  const used = objectsAt(body, 'properties', 'loadBalancingRules').map((rule) => frontendOf(rule));
  const frontends = objectsAt(body, 'properties', 'frontendIPConfigurations').filter((frontend) =>
    used.some((id) => sameId(id, stringAt(frontend, 'id') ?? '')),
  );
  return { ...body, properties: { ...objectAt(body, 'properties'), frontendIPConfigurations: frontends } };
}

/** Ids of the rules that a service has. */
export function rulesOf(body: JsonObject | undefined, uid: string): readonly string[] {
  return objectsAt(body, 'properties', 'loadBalancingRules')
    .filter((rule) => isOf(rule, uid))
    .map((rule) => stringAt(rule, 'id') ?? '');
}

/** The id of the frontend that a rule is on. */
export function frontendOf(rule: JsonObject): string {
  return stringAt(rule, 'properties', 'frontendIPConfiguration', 'id') ?? '';
}

/** Without the etags, which change with every write. */
export function withoutEtag(body: JsonObject): JsonObject {
  return omit(body, 'etag');
}

function withoutRules(body: JsonObject, uid: string): JsonObject {
  const own = (one: JsonObject) => isOf(one, uid);
  return exchange(exchange(body, 'loadBalancingRules', own, []), 'probes', own, []);
}

function isOf(named: JsonObject, uid: string): boolean {
  return (stringAt(named, 'name') ?? '').startsWith(`${baseName(uid)}-`);
}

/** A list with new elements in the place of some: what stays as it is must not seem written. */
function exchange(
  body: JsonObject,
  list: string,
  isOld: (element: JsonObject) => boolean,
  elements: readonly JsonObject[],
): JsonObject {
  const before = objectsAt(body, 'properties', list);
  const index = before.findIndex(isOld);
  const place = index < 0 ? before.length : index;
  const others = before.filter((element) => !isOld(element));
  return { ...body, properties: { ...objectAt(body, 'properties'), [list]: others.toSpliced(place, 0, ...elements) } };
}
