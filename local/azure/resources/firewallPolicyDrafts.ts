import { put } from '../azure.ts';
import { networkError } from '../errors.ts';
import type { Answer } from '../http.ts';
import { compact, objectAt, stringAt, type JsonObject } from '../json.ts';
import { lastSegment } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import { methodNotAllowed, type Visit } from '../visit.ts';

const TYPE = 'Microsoft.Network/firewallPolicies/firewallPolicyDrafts';
const NAME = 'default';

/**
 * The draft of a policy: at most one, always called `default`, read and written without an operation. It is a copy that
 * somebody works on: nothing of the policy changes by it, and it goes with its policy. Deploying it is not covered.
 */
export function answerPolicyDraft(visit: Visit, policy: Resource): Answer {
  const { azure, request, path } = visit;
  const name = path.names[1];
  if (name?.toLowerCase() !== NAME)
    throw networkError(400, 'InvalidRequestFormat', `The draft of ${policy.id} is called '${NAME}'.`);
  const id = `${policy.id}/firewallPolicyDrafts/${NAME}`;
  const existing = azure.store.resources.get(id.toLowerCase());
  if (request.method === 'PUT') {
    const draft = draftOf(id, policy, visit.body());
    azure.store.commit([put({ id, type: TYPE, body: draft })]);
    return { status: existing === undefined ? 201 : 200, body: draft };
  }
  if (existing === undefined) {
    if (request.method === 'DELETE') return { status: 204 };
    throw networkError(404, 'NotFound', `The draft of the firewall policy ${lastSegment(policy.id)} was not found.`);
  }
  if (request.method === 'GET') return { status: 200, body: existing.body };
  if (request.method !== 'DELETE') throw methodNotAllowed(request);
  azure.store.commit([['resources', id.toLowerCase(), null]]);
  return { status: 200 };
}

function draftOf(id: string, policy: Resource, sent: JsonObject): JsonObject {
  return {
    id,
    name: NAME,
    type: TYPE,
    ...compact({ location: stringAt(policy.body, 'location'), tags: sent['tags'] }),
    properties: objectAt(sent, 'properties'),
  };
}
