import { asText, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { parentId, sameId } from '../resourceId.ts';
import { securityRules } from '../loadBalancers/securityRules.ts';
import type { NatRule } from './natRules.ts';
import { firewallPlace, nodeSubnetOf, type Network } from './network.ts';
import { isMeant, isPrivate, type Packet } from './packet.ts';

/** The places a packet passes, in order; the probe says at which of them it ends. */
type HopName = 'firewall' | 'dnatRule' | 'machine' | 'loadBalancer' | 'returnRoute' | 'servicePort' | 'sourceRanges';

type Hop = Readonly<{ hop: HopName; detail: string }>;

export type ProbeResult =
  | { readonly reachable: false; readonly hops: readonly Hop[]; readonly brokenAt: HopName; readonly reason: string }
  | {
      readonly reachable: true;
      readonly hops: readonly Hop[];
      readonly target:
        | { readonly service: string; readonly namespace: string; readonly port: number }
        | { readonly machine: string; readonly port: number };
      /** What a browser would see. */
      readonly page?: string;
    };

/** Ends the way of a packet. */
class BrokenHop extends Error {
  readonly hop: HopName;

  constructor(hop: HopName, reason: string) {
    super(reason);
    this.name = 'BrokenHop';
    this.hop = hop;
  }
}

/**
 * Follows a packet from the Internet through the firewall to a service, and its answer back:
 *
 *   from → frontend → DNAT rule → load balancer's frontend → load balancing rule → security rules → service
 *                        service → route back to what the load balancer saw as its client
 */
export function probe(network: Network, packet: Packet): ProbeResult {
  const hops: Hop[] = [];
  const pass = (hop: HopName, detail: string) => void hops.push({ hop, detail });
  try {
    const arrived = enter(network, packet, pass);
    const machine = machineAt(network, arrived, packet, pass);
    if (machine !== undefined) return { reachable: true, target: { machine, port: arrived.port }, hops };
    const place = frontendAt(network, arrived, pass);
    checkReturn(network, arrived, place, pass);
    const rule = ruleAt(place, arrived, packet, pass);
    checkSources(network, place.cluster, arrived, packet, pass);
    const service = network.serviceOf(rule);
    if (service === undefined) throw new BrokenHop('servicePort', `${stringAt(rule, 'name')} is no service's rule.`);
    const { name, namespace } = service;
    const page = `<!doctype html><title>${name}</title><h1>${namespace}/${name} answers on port ${arrived.port}</h1>`;
    return {
      reachable: true,
      target: { service: name, namespace, port: arrived.port },
      hops,
      ...(packet.protocol === 'TCP' ? { page } : {}),
    };
  } catch (error) {
    if (!(error instanceof BrokenHop)) throw error;
    return { reachable: false, hops, brokenAt: error.hop, reason: error.message };
  }
}

type Pass = (hop: HopName, detail: string) => void;

/** Where a packet goes once the firewall has had it, and whom it comes from by then. */
interface Arrived {
  readonly address: string;
  readonly port: number;
  readonly client: string;
  readonly firewall?: JsonObject;
}

function enter(network: Network, packet: Packet, pass: Pass): Arrived {
  const { from, port, protocol, to } = packet;
  const firewall = network.firewallWith(to);
  if (firewall === undefined) {
    if (network.frontendWith(to) === undefined || isPrivate(to))
      throw new BrokenHop(
        'firewall',
        `${to} is no public address of a firewall that is running, nor of a load balancer.`,
      );
    return { address: to, port, client: from };
  }
  pass('firewall', `${to} is a frontend of ${stringAt(firewall, 'name')}`);
  const rule = dnatRule(network.natRulesOf(firewall), packet);
  if (rule === undefined)
    throw new BrokenHop(
      'dnatRule',
      `${stringAt(firewall, 'name')} has no DNAT rule for ${protocol} from ${from} to ${to}:${port}.`,
    );
  const { name, translatedAddress: address, translatedPort: translated } = rule;
  pass('dnatRule', `${name} sends it to ${address}:${translated}`);
  // The firewall puts an address of its own in the client's place: its private one inside, a frontend outside.
  const client = isPrivate(address) ? firewallPlace(firewall).address : to;
  return { address, port: translated, client, firewall };
}

function dnatRule(rules: readonly NatRule[], { from, port, protocol, to }: Packet): NatRule | undefined {
  return rules.find(
    (rule) =>
      rule.protocols.some((known) => known === 'Any' || known.toUpperCase() === protocol) &&
      rule.destinationAddresses.some((address) => isMeant(to, address)) &&
      rule.destinationPorts.includes(String(port)) &&
      rule.sourceAddresses.some((address) => isMeant(from, address)),
  );
}

/** What listens on every machine. */
const SSH_PORT = 22;

/**
 * The name of the machine that the packet has come to; undefined where none has the address. Answers go to the firewall's own
 * address, inside the network.
 */
function machineAt(
  network: Network,
  { address, port, firewall }: Arrived,
  { protocol }: Packet,
  pass: Pass,
): string | undefined {
  const found = network.machineWith(address);
  if (found === undefined) return undefined;
  const name = stringAt(found.machine, 'name') ?? '';
  if (
    firewall !== undefined &&
    !network.isConnected(parentId(found.subnetId), parentId(firewallPlace(firewall).subnetId))
  )
    throw new BrokenHop('machine', `${address} is in another network than the firewall, and the two are not peered.`);
  if (protocol !== 'TCP' || port !== SSH_PORT)
    throw new BrokenHop('machine', `Nothing listens on ${protocol} port ${port} of ${name}.`);
  pass('machine', `${address} is ${name}, which answers by SSH`);
  return name;
}

interface Place {
  readonly frontend: JsonObject;
  readonly loadBalancer: JsonObject;
  readonly cluster: JsonObject;
}

function frontendAt(network: Network, { address, firewall }: Arrived, pass: Pass): Place {
  const found = network.frontendWith(address);
  const cluster = found === undefined ? undefined : network.clusterOf(found.loadBalancer);
  if (found === undefined || cluster === undefined)
    throw new BrokenHop('loadBalancer', `${address} is the address of no load balancer of a cluster.`);
  const subnet = stringAt(found.frontend, 'properties', 'subnet', 'id');
  if (
    firewall !== undefined &&
    subnet !== undefined &&
    !network.isConnected(parentId(subnet), parentId(firewallPlace(firewall).subnetId))
  )
    throw new BrokenHop(
      'loadBalancer',
      `${address} is in another network than the firewall, and the two are not peered.`,
    );
  pass(
    'loadBalancer',
    `${address} is a frontend of ${stringAt(found.loadBalancer, 'name')} of ${stringAt(cluster, 'name')}`,
  );
  return { ...found, cluster };
}

/** Answers to the Internet must leave as they came: through the firewall they would be answers to nothing it knows. */
function checkReturn(network: Network, { address, client }: Arrived, { cluster }: Place, pass: Pass): void {
  if (isPrivate(address)) return pass('returnRoute', `answers go to ${client} inside the network`);
  const subnet = nodeSubnetOf(cluster);
  const route = subnet === undefined ? undefined : network.routeFrom(subnet, client);
  const { addressPrefix = '0.0.0.0/0', nextHopType = 'Internet' } = objectAt(route, 'properties');
  if (nextHopType !== 'Internet') {
    throw new BrokenHop(
      'returnRoute',
      `Answers to ${client} leave by the route ${asText(addressPrefix)} to ${asText(nextHopType)}; they need ${client}/32 to Internet.`,
    );
  }
  pass('returnRoute', `answers to ${client} leave by the route ${asText(addressPrefix)} to Internet`);
}

function ruleAt(
  { frontend, loadBalancer }: Place,
  { address, port }: Arrived,
  { protocol }: Packet,
  pass: Pass,
): JsonObject {
  const rule = objectsAt(loadBalancer, 'properties', 'loadBalancingRules').find((one) => {
    const { frontendIPConfiguration, frontendPort, protocol: known } = objectAt(one, 'properties');
    return (
      sameId(stringAt(frontendIPConfiguration, 'id') ?? '', stringAt(frontend, 'id') ?? '') &&
      frontendPort === port &&
      asText(known).toUpperCase() === protocol
    );
  });
  if (rule === undefined) throw new BrokenHop('servicePort', `No service has ${protocol} port ${port} at ${address}.`);
  pass('servicePort', `${stringAt(rule, 'name')} takes ${protocol} port ${port}`);
  return rule;
}

/** The nodes' network security group: the first rule by priority that means the packet, else Azure's defaults. */
function checkSources(network: Network, cluster: JsonObject, arrived: Arrived, { protocol }: Packet, pass: Pass): void {
  const { address, client, port } = arrived;
  const group = network.securityGroupOf(cluster);
  const rule = [...(group === undefined ? [] : securityRules(group))]
    .map((one) => objectAt(one, 'properties'))
    .filter(({ direction }) => direction === 'Inbound')
    .sort((one, other) => Number(one['priority']) - Number(other['priority']))
    .find(
      (one) =>
        ['*', protocol].includes(asText(one['protocol']).toUpperCase()) &&
        isMeant(address, asText(one['destinationAddressPrefix'])) &&
        ['*', String(port)].includes(asText(one['destinationPortRange'])) &&
        [asText(one['sourceAddressPrefix']), ...stringsAt(one, 'sourceAddressPrefixes')].some((prefix) =>
          isMeant(client, prefix),
        ),
    );
  const allowed = rule === undefined ? isPrivate(client) : rule['access'] === 'Allow';
  if (!allowed)
    throw new BrokenHop(
      'sourceRanges',
      `The service's source ranges leave out ${client}, which is what the load balancer sees.`,
    );
  pass('sourceRanges', `${client} may come in`);
}
