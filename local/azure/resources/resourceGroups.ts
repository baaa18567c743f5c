import { randomUUID } from 'node:crypto';
import { drawLatency, put, putOperation, worldOf, type Azure } from '../azure.ts';
import { ArmError, resourceGroupNotFound } from '../errors.ts';
import type { Answer, Call } from '../http.ts';
import { compact, isObject, stringAt, type JsonObject } from '../json.ts';
import { acceptedHeaders } from '../operationAnswers.ts';
import { runningOperation } from '../operations.ts';
import { groupId, isBelow, lastSegment, parsePath } from '../resourceId.ts';
import type { Change, Effect, Operation, Resource } from '../store.ts';
import { checkGroupName, checkLocation, normalLocation } from './names.ts';

export const GROUP_TYPE = 'Microsoft.Resources/resourceGroups';

/** The group, or undefined. */
export function findGroup(azure: Azure, subscription: string, name: string): Resource | undefined {
  return azure.store.resources.get(groupId(subscription, name).toLowerCase());
}

/** The group; throws when there is none or, for writes, when it is on its way out. */
export function requireGroup(azure: Azure, subscription: string, name: string, writing: boolean): Resource {
  const group = findGroup(azure, subscription, name);
  if (group === undefined) throw resourceGroupNotFound(name);
  if (writing && stringAt(group.body, 'properties', 'provisioningState') === 'Deleting') throw beingDeleted(name);
  return group;
}

/** Creates or updates a group. Synchronous in ARM, yet it takes its time to answer. */
export async function putGroup(azure: Azure, subscription: string, name: string, sent: JsonObject): Promise<Answer> {
  const existing = findGroup(azure, subscription, name);
  if (existing === undefined) checkGroupName(name);
  const location = checkLocation(sent['location'], GROUP_TYPE, azure.cloud);
  refuseUnknownMembers(sent);
  if (existing !== undefined) {
    requireGroup(azure, subscription, name, true);
    const current = stringAt(existing.body, 'location') ?? '';
    if (normalLocation(current) !== location) {
      throw new ArmError(
        409,
        'InvalidResourceGroupLocation',
        `Invalid resource group location '${location}'. The Resource group already exists in location '${current}'.`,
      );
    }
  }
  const id = existing?.id ?? groupId(subscription, name);
  const body: JsonObject = {
    id,
    name: lastSegment(id),
    type: GROUP_TYPE,
    location,
    ...compact({ tags: sent['tags'], managedBy: sent['managedBy'] ?? existing?.body['managedBy'] }),
    properties: { provisioningState: 'Succeeded' },
  };
  const { seconds, changes } = drawLatency(azure, 'resourceGroups.put', id);
  azure.store.commit([...changes, put({ id, type: GROUP_TYPE, body })]);
  await azure.clock.pause(seconds * 1000);
  const write = { kind: 'resourceGroups.put', resourceId: id, operationSeconds: seconds } as const;
  return { status: existing === undefined ? 201 : 200, body, write };
}

/** PATCH replaces the tags. */
export function patchGroup(azure: Azure, group: Resource, sent: JsonObject): Answer {
  refuseUnknownMembers(sent);
  const body = { ...group.body, ...compact({ tags: isObject(sent['tags']) ? sent['tags'] : group.body['tags'] }) };
  azure.store.commit([put({ ...group, body })]);
  return { status: 200, body };
}

/**
 * Deletes a group and all that is in it, in the order in which ARM can: clusters and firewalls side by side first, then
 * what they used. It takes as long as its slowest chain. The node resource groups of its clusters go as well.
 */
export function deleteGroup(azure: Azure, group: Resource, call: Call): Answer {
  const now = azure.clock.now();
  const subscription = parsePath(group.id)?.subscription ?? '';
  const running = runningOperation(azure.store, now, group.id);
  if (running?.resourceId === group.id) {
    return { status: 202, headers: acceptedHeaders(call.origin, running, call.apiVersion, now) };
  }
  const contents = [...azure.store.resources.values()].filter(({ id }) => isBelow(id, group.id));
  const tiers = [
    contents.filter(isUser),
    contents.filter((resource) => !isUser(resource) && !isRouteTable(resource)),
    contents.filter(isRouteTable),
  ];
  const world = worldOf(azure, subscription);
  const effects: Effect[] = [];
  const changes: Change[] = [];
  let start = now;
  for (const tier of tiers) {
    const ends = tier.map((resource) => {
      const kind = azure.types.get(resource.type.toLowerCase())?.deleteKind(resource, world);
      const draw = kind === undefined ? undefined : drawLatency(azure, kind, resource.id);
      changes.push(...(draw?.changes ?? []));
      const at = start + (draw?.seconds ?? 0) * 1000;
      effects.push({ at, action: 'remove', id: resource.id });
      return at;
    });
    start = Math.max(start, ...ends);
  }
  effects.push({ at: start, action: 'remove', id: group.id });
  const operation: Operation = {
    id: randomUUID(),
    subscription,
    location: stringAt(group.body, 'location') ?? '',
    namespace: 'Microsoft.Resources',
    method: 'DELETE',
    resourceId: group.id,
    locks: contents.map(({ id }) => id),
    startedAt: now,
    endsAt: start,
    effects: effects.sort((left, right) => left.at - right.at),
    notified: false,
    applied: 0,
  };
  const deleting = { ...group, body: { ...group.body, properties: { provisioningState: 'Deleting' } } };
  azure.store.commit([...changes, put(deleting), putOperation(operation)]);
  const write = { resourceId: group.id, operationSeconds: (start - now) / 1000, operationId: operation.id };
  return { status: 202, headers: acceptedHeaders(call.origin, operation, call.apiVersion, now), write };
}

/** What uses other resources and must therefore go first. */
function isUser({ type }: Resource): boolean {
  return ['Microsoft.ContainerService/managedClusters', 'Microsoft.Network/azureFirewalls'].includes(type);
}

function isRouteTable({ type }: Resource): boolean {
  return type === 'Microsoft.Network/routeTables';
}

function beingDeleted(name: string): ArmError {
  return new ArmError(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

function refuseUnknownMembers(sent: JsonObject): void {
  const known = ['id', 'name', 'type', 'location', 'managedBy', 'properties', 'tags'];
  const unknown = Object.keys(sent).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ArmError(
    400,
    'InvalidRequestContent',
    'The request content was invalid and could not be deserialized: ' +
      `'Could not find member '${unknown}' on object of type 'ResourceGroupDefinition'. Path '${unknown}', line 1.'.`,
  );
}
