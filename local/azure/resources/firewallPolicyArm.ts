import { worldOf } from '../azure.ts';
import { invalidResourceType, resourceNotFound } from '../errors.ts';
import type { Answer } from '../http.ts';
import { stringAt } from '../json.ts';
import { refuseWhileBusy } from '../locks.ts';
import { groupOf, lastSegment } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import { etagHeader, methodNotAllowed, ok, type Visit } from '../visit.ts';
import { deleteResource, present, putResource } from '../writes.ts';
import { answerPolicyDraft } from './firewallPolicyDrafts.ts';
import { RULE_COLLECTION_GROUP_TYPE, groupsOf } from './firewallPolicyLinks.ts';
import { lockedByGroup, ruleCollectionGroups } from './ruleCollectionGroups.ts';

/** Answers for what lies below a firewall policy: its rule collection groups, and its draft. */
export function answerPolicyPart(visit: Visit, policy: Resource): Answer {
  const { azure, request, path, call } = visit;
  const [, typeName = '', ...deeper] = path.types;
  if (typeName.toLowerCase() === 'firewallpolicydrafts' && deeper.length === 0) return answerPolicyDraft(visit, policy);
  if (typeName.toLowerCase() !== 'rulecollectiongroups' || deeper.length > 0)
    throw invalidResourceType('Microsoft.Network', path.types.join('/'), call.apiVersion);
  const world = worldOf(azure, path.subscription);
  const name = path.names[1];
  if (name === undefined)
    return ok({ value: groupsOf(world, policy.id).map(({ body }) => present(azure, ruleCollectionGroups, body)) });
  const id = `${policy.id}/ruleCollectionGroups/${name}`;
  const existing = azure.store.resources.get(id.toLowerCase());
  if (request.method === 'PUT' || request.method === 'DELETE')
    for (const locked of lockedByGroup(world, id)) refuseWhileBusy(azure, ruleCollectionGroups, locked, call);
  if (request.method === 'PUT') return putResource(azure, ruleCollectionGroups, id, visit.body(), call);
  if (request.method === 'DELETE') return existing === undefined ? { status: 204 } : deleteGroup(visit, existing);
  if (request.method !== 'GET') throw methodNotAllowed(request);
  if (existing === undefined)
    throw resourceNotFound(RULE_COLLECTION_GROUP_TYPE, `${lastSegment(policy.id)}/${name}`, groupOf(policy.id));
  const body = present(azure, ruleCollectionGroups, existing.body);
  return { status: 200, body, headers: { ETag: etagHeader(stringAt(body, 'etag') ?? '') } };
}

/** The answer holds the group as it was, `Succeeded` and all, but for a new etag: so it was recorded. */
function deleteGroup({ azure, call }: Visit, group: Resource): Answer {
  const answer = deleteResource(azure, ruleCollectionGroups, group, call);
  const etag = azure.store.resources.get(group.id.toLowerCase())?.body['etag'];
  return { ...answer, body: { ...present(azure, ruleCollectionGroups, group.body), etag } };
}
