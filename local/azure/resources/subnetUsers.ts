import { at, isObject, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { groupId, isBelow, sameId } from '../resourceId.ts';
import type { World } from './resourceType.ts';

/** Ids of the IP configurations that live in a subnet: those of firewalls, nodes, load balancers and network interfaces. */
export function subnetUsers(world: World, subnetId: string): readonly string[] {
  const firewalls = world.ofType('Microsoft.Network/azureFirewalls').flatMap(({ body }) =>
    firewallConfigurations(body)
      .filter((configuration) => sameId(stringAt(configuration, 'properties', 'subnet', 'id') ?? '', subnetId))
      .map((configuration) => stringAt(configuration, 'id') ?? ''),
  );
  const nodes = world.ofType('Microsoft.ContainerService/managedClusters').flatMap(({ body }) =>
    objectsAt(body, 'properties', 'agentPoolProfiles')
      .filter((pool) => sameId(stringAt(pool, 'vnetSubnetID') ?? '', subnetId))
      .flatMap((pool) =>
        nodeIds(world, stringAt(body, 'properties', 'nodeResourceGroup') ?? '', pool['name'], pool['count']),
      ),
  );
  const balancers = world.ofType('Microsoft.Network/loadBalancers').flatMap(({ body }) =>
    objectsAt(body, 'properties', 'frontendIPConfigurations')
      .filter((frontend) => sameId(stringAt(frontend, 'properties', 'subnet', 'id') ?? '', subnetId))
      .map((frontend) => stringAt(frontend, 'id') ?? ''),
  );
  const interfaces = world.ofType('Microsoft.Network/networkInterfaces').flatMap(({ body }) =>
    objectsAt(body, 'properties', 'ipConfigurations')
      .filter((configuration) => sameId(stringAt(configuration, 'properties', 'subnet', 'id') ?? '', subnetId))
      .map((configuration) => stringAt(configuration, 'id') ?? ''),
  );
  return [...firewalls, ...nodes, ...balancers, ...interfaces];
}

/** The id of the machine that a network interface is attached to. */
export function virtualMachineOf(world: World, interfaceId: string): string | undefined {
  return world
    .ofType('Microsoft.Compute/virtualMachines')
    .find(({ body }) =>
      objectsAt(body, 'properties', 'networkProfile', 'networkInterfaces').some((one) =>
        sameId(stringAt(one, 'id') ?? '', interfaceId),
      ),
    )?.id;
}

/** What holds a public IP: the id of the IP configuration of a firewall, of a load balancer's frontend or of a network interface. */
export function publicIpUser(world: World, publicIpId: string): string | undefined {
  const holders = [
    ...world.ofType('Microsoft.Network/azureFirewalls').flatMap(({ body }) => firewallConfigurations(body)),
    ...world
      .ofType('Microsoft.Network/loadBalancers')
      .flatMap(({ body }) => objectsAt(body, 'properties', 'frontendIPConfigurations')),
    ...world
      .ofType('Microsoft.Network/networkInterfaces')
      .flatMap(({ body }) => objectsAt(body, 'properties', 'ipConfigurations')),
  ];
  const holder = holders.find((one) => sameId(stringAt(one, 'properties', 'publicIPAddress', 'id') ?? '', publicIpId));
  return stringAt(holder, 'id');
}

/** Ids of the subnets that are associated with a route table. */
export function routeTableSubnets(world: World, routeTableId: string): readonly string[] {
  return world.ofType('Microsoft.Network/virtualNetworks').flatMap(({ body }) =>
    objectsAt(body, 'properties', 'subnets')
      .filter((subnet) => sameId(stringAt(subnet, 'properties', 'routeTable', 'id') ?? '', routeTableId))
      .map((subnet) => stringAt(subnet, 'id') ?? ''),
  );
}

function nodeIds(world: World, nodeGroup: string, pool: unknown, count: unknown): readonly string[] {
  const group = groupId(world.subscription, nodeGroup);
  const scaleSets = world
    .ofType('Microsoft.Compute/virtualMachineScaleSets')
    .filter(({ id }) => isBelow(id, group) && id.toLowerCase().includes(`/aks-${String(pool).toLowerCase()}-`));
  const scaleSet =
    scaleSets[0]?.id ?? `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/aks-${String(pool)}-vmss`;
  const nodes = typeof count === 'number' ? count : 0;
  return Array.from(
    { length: nodes },
    (_, node) =>
      `${scaleSet}/virtualMachines/${node}/networkInterfaces/${scaleSet.slice(scaleSet.lastIndexOf('/') + 1)}/ipConfigurations/ipconfig1`,
  );
}

function firewallConfigurations(firewall: JsonObject): readonly JsonObject[] {
  const management = at(firewall, 'properties', 'managementIpConfiguration');
  return [...objectsAt(firewall, 'properties', 'ipConfigurations'), ...(isObject(management) ? [management] : [])];
}
