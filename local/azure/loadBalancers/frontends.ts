import { asText, objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { groupId, isBelow, parentId, sameId } from '../resourceId.ts';
import { publicIpAddresses } from '../resources/publicIpAddresses.ts';
import type { Resource } from '../store.ts';
import type { BalancedService } from '../clusterHost.ts';
import { baseName, frontendOf, type FrontendAddress } from './loadBalancerBody.ts';
import { nodeSubnetId, type NodeGroup } from './nodeGroup.ts';
import { frontendAddressIn } from './subnetAddresses.ts';

const AZURE = 'service.beta.kubernetes.io';

/** What a service's frontend is called, where it is, and the public IP that has to be made for it. */
export interface Frontend {
  readonly name: string;
  readonly address: FrontendAddress;
  readonly ip: string;
  readonly newPublicIp?: Resource;
}

/** The frontend a service gets: the one it has, one that it shares, or a new one. @throws Error when it can't have it */
export function frontendFor(group: NodeGroup, service: BalancedService, loadBalancer: JsonObject): Frontend {
  const frontend = service.internal
    ? internalFrontend(group, service, loadBalancer)
    : publicFrontend(group, service, loadBalancer);
  checkPorts(service, loadBalancer, frontend.name);
  return frontend;
}

/** The public IP that is made for a service and goes with it. */
export function ownPublicIpId({ id }: NodeGroup, uid: string): string {
  return `${id}/providers/${publicIpAddresses.type}/kubernetes-${baseName(uid)}`;
}

function internalFrontend(group: NodeGroup, service: BalancedService, loadBalancer: JsonObject): Frontend {
  const subnetId = subnetFor(group, service);
  const own = baseName(service.uid);
  const known = frontendsOf(loadBalancer).find((frontend) => frontend['name'] === own);
  const current = stringAt(known, 'properties', 'privateIPAddress');
  const wanted = service.requestedIp;
  const stays = sameId(stringAt(known, 'properties', 'subnet', 'id') ?? '', subnetId);
  if (current !== undefined && stays && (wanted === undefined || wanted === current)) {
    return { name: own, address: { subnetId, address: current }, ip: current };
  }
  const shared = frontendsOf(loadBalancer).find(
    (frontend) => wanted !== undefined && stringAt(frontend, 'properties', 'privateIPAddress') === wanted,
  );
  const ip = shared === undefined ? frontendAddressIn(group.world, group.cluster, subnetId, wanted) : (wanted ?? '');
  return { name: stringAt(shared, 'name') ?? own, address: { subnetId, address: ip }, ip };
}

function subnetFor(group: NodeGroup, { annotations }: BalancedService): string {
  const nodes = nodeSubnetId(group);
  if (nodes === undefined) {
    throw new Error(
      'The cluster has a network that AKS made for it; local Azure has internal load balancers only in subnets of its own.',
    );
  }
  const named = annotations[`${AZURE}/azure-load-balancer-internal-subnet`];
  return named === undefined ? nodes : `${parentId(nodes)}/subnets/${named}`;
}

function publicFrontend(group: NodeGroup, service: BalancedService, loadBalancer: JsonObject): Frontend {
  const found = namedPublicIp(group, service) ?? group.world.find(ownPublicIpId(group, service.uid));
  const publicIp = found ?? newPublicIp(group, service);
  const shared = frontendsOf(loadBalancer).find((frontend) =>
    sameId(stringAt(frontend, 'properties', 'publicIPAddress', 'id') ?? '', publicIp.id),
  );
  return {
    name: stringAt(shared, 'name') ?? baseName(service.uid),
    address: { publicIpId: publicIp.id },
    ip: stringAt(publicIp.body, 'properties', 'ipAddress') ?? '',
    ...(found === undefined ? { newPublicIp: publicIp } : {}),
  };
}

/** The public IP that a service asks for by name or by address; it must be there already. */
function namedPublicIp({ id, name, subscription, world }: NodeGroup, service: BalancedService): Resource | undefined {
  const pipName = service.annotations[`${AZURE}/azure-pip-name`];
  const groupName = service.annotations[`${AZURE}/azure-load-balancer-resource-group`];
  if (pipName === undefined && service.requestedIp === undefined) return undefined;
  const group = groupName === undefined ? id : groupId(subscription, groupName);
  const found = world
    .ofType(publicIpAddresses.type)
    .filter((publicIp) => isBelow(publicIp.id, group))
    .find(({ body }) =>
      pipName === undefined
        ? stringAt(body, 'properties', 'ipAddress') === service.requestedIp
        : sameId(stringAt(body, 'name') ?? '', pipName),
    );
  if (found !== undefined) return found;
  const wanted = pipName === undefined ? `IP address ${service.requestedIp ?? ''}` : `name ${pipName}`;
  throw new Error(`findMatchedPIP: cannot find public IP with ${wanted} in resource group ${groupName ?? name}`);
}

function newPublicIp(group: NodeGroup, service: BalancedService): Resource {
  const id = ownPublicIpId(group, service.uid);
  const { body } = publicIpAddresses.complete(
    {
      name: id.slice(id.lastIndexOf('/') + 1),
      id,
      type: publicIpAddresses.type,
      location: group.location,
      tags: {
        'k8s-azure-cluster-name': 'kubernetes',
        'k8s-azure-service': `${service.namespace}/${service.name}`,
      },
      sku: { name: 'Standard', tier: 'Regional' },
      properties: {
        provisioningState: 'Succeeded',
        publicIPAddressVersion: 'IPv4',
        publicIPAllocationMethod: 'Static',
        idleTimeoutInMinutes: 4,
        ipTags: [],
      },
    },
    group.world,
  );
  return { id, type: publicIpAddresses.type, body };
}

/** Two services may share an address, not a port of it. */
function checkPorts(service: BalancedService, loadBalancer: JsonObject, frontendName: string): void {
  const base = baseName(service.uid);
  if (!service.internal && service.ports.some(({ protocol }) => protocol === 'SCTP'))
    throw new Error('SCTP is only supported on internal LoadBalancer');
  for (const rule of objectsAt(loadBalancer, 'properties', 'loadBalancingRules')) {
    if ((stringAt(rule, 'name') ?? '').startsWith(`${base}-`) || !frontendOf(rule).endsWith(`/${frontendName}`))
      continue;
    const { frontendPort, protocol = '' } = objectAt(rule, 'properties');
    const clash = service.ports.find(
      (one) => one.port === frontendPort && one.protocol === asText(protocol).toUpperCase(),
    );
    if (clash === undefined) continue;
    throw new Error(
      `RulesUseSameFrontendPortProtocolAndVIP: Load balancing rules ${base}-${clash.protocol}-${clash.port} and ${stringAt(rule, 'name')} ` +
        'use the same frontend port, protocol and address.',
    );
  }
}

function frontendsOf(loadBalancer: JsonObject): readonly JsonObject[] {
  return objectsAt(loadBalancer, 'properties', 'frontendIPConfigurations');
}
