import { noteDone } from '../activities.ts';
import { newEtag, put, type Azure } from '../azure.ts';
import type { BalancedService } from '../clusterHost.ts';
import { objectsAt, sameJson, type JsonObject } from '../json.ts';
import { publicIpUser } from '../resources/subnetUsers.ts';
import type { Change, Resource } from '../store.ts';
import { frontendFor, ownPublicIpId } from './frontends.ts';
import * as bodies from './loadBalancerBody.ts';
import { nodeGroupOf, securityGroupOf, type NodeGroup } from './nodeGroup.ts';
import { allowedSources } from './sources.ts';
import { withoutSecurityRules, withSecurityRules } from './securityRules.ts';

/**
 * Gives a service its part of the cluster's load balancer, its public IP and its security rules, as the cloud provider of
 * AKS does: what is as it should be already is not written, and causes no event.
 *
 * @throws Error with what the event on the service will say
 */
export function ensureLoadBalancer(azure: Azure, clusterId: string, service: BalancedService): { ip: string } {
  const group = nodeGroupOf(azure, clusterId);
  const sources = allowedSources(service);
  leave(azure, group, service.uid, !service.internal);
  const id = bodies.loadBalancerId(group.subscription, group.name, service.internal);
  const before = azure.store.resources.get(id.toLowerCase());
  const started = before?.body ?? bodies.emptyLoadBalancer(id, group.location);
  const frontend = frontendFor(group, service, started);
  if (frontend.newPublicIp !== undefined) write(azure, group, frontend.newPublicIp);
  const placed = bodies.withFrontend(started, frontend.name, frontend.address);
  // A service that has moved to a shared address leaves its own frontend behind.
  const body = bodies.withoutUnusedFrontends(bodies.withRules(placed, service, frontend.name));
  write(azure, group, { id: before?.id ?? id, type: bodies.LOAD_BALANCER_TYPE, body }, before);
  const { name, namespace, uid } = service;
  const known = new Set(bodies.rulesOf(before?.body, uid));
  const now = bodies.rulesOf(body, uid);
  azure.store.commit([
    ...[...known]
      .filter((rule) => !now.includes(rule))
      .map((rule): Change => ['balancedServices', rule.toLowerCase(), null]),
    ...now
      .filter((rule) => !known.has(rule))
      .map((rule): Change => ['balancedServices', rule.toLowerCase(), { name, namespace }]),
  ]);
  secure(azure, group, (nodes) => withSecurityRules(nodes, service, frontend.ip, sources));
  return { ip: frontend.ip };
}

/** Takes away all that a service has. */
export function deleteLoadBalancer(azure: Azure, clusterId: string, service: BalancedService): void {
  const group = nodeGroupOf(azure, clusterId);
  for (const internal of [true, false]) leave(azure, group, service.uid, internal);
  secure(azure, group, (nodes) => withoutSecurityRules(nodes, service.uid));
}

/** Takes a service out of one of the load balancers. The load balancer goes with its last rule, the public IP with its service. */
function leave(azure: Azure, group: NodeGroup, uid: string, internal: boolean): void {
  const id = bodies.loadBalancerId(group.subscription, group.name, internal);
  const before = azure.store.resources.get(id.toLowerCase());
  const rules = bodies.rulesOf(before?.body, uid);
  if (before !== undefined && rules.length > 0) {
    const body = bodies.withoutService(before.body, uid);
    azure.store.commit(rules.map((rule) => ['balancedServices', rule.toLowerCase(), null]));
    if (objectsAt(body, 'properties', 'frontendIPConfigurations').length === 0) remove(azure, group, before);
    else write(azure, group, { ...before, body }, before);
  }
  const publicIp = internal ? undefined : azure.store.resources.get(ownPublicIpId(group, uid).toLowerCase());
  if (publicIp !== undefined && publicIpUser(group.world, publicIp.id) === undefined) remove(azure, group, publicIp);
}

function secure(azure: Azure, group: NodeGroup, change: (nodes: JsonObject) => JsonObject): void {
  const nodes = securityGroupOf(group);
  if (nodes !== undefined) write(azure, group, { ...nodes, body: change(nodes.body) }, nodes);
}

function write(azure: Azure, group: NodeGroup, resource: Resource, before?: Resource): void {
  if (before !== undefined && sameJson(bodies.withoutEtag(before.body), bodies.withoutEtag(resource.body))) return;
  azure.store.commit([put({ ...resource, body: { ...resource.body, etag: newEtag() } })]);
  noteDone(azure, 'PUT', resource.id, group.principal);
}

function remove(azure: Azure, group: NodeGroup, { id }: Resource): void {
  azure.store.commit([['resources', id.toLowerCase(), null]]);
  noteDone(azure, 'DELETE', id, group.principal);
}
