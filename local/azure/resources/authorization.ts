import { ArmError, invalidResourceType } from '../errors.ts';
import type { Answer } from '../http.ts';
import { asText, objectsAt, type JsonObject } from '../json.ts';
import { parentId, parsePath, sameId } from '../resourceId.ts';
import type { Azure } from '../azure.ts';
import type { Visit } from '../visit.ts';
import { requireGroup } from './resourceGroups.ts';
import { listRoleAssignments, putRoleAssignment, ROLE_ASSIGNMENT_TYPE } from './roleAssignments.ts';
import { permissionsAt } from '../authorization/permissions.ts';
import { listRoleDefinitions, putRoleDefinition, roleDefinition } from './roleDefinitions.ts';

/** Microsoft.Authorization at any scope: role assignments, role definitions and what the caller may do. */
export async function answerAuthorization(visit: Visit): Promise<Answer> {
  const { azure, request, path } = visit;
  const filter = request.url.searchParams.get('$filter');
  const type = (path.types[0] ?? '').toLowerCase();
  const name = path.names[0];
  const scope = requireScope(azure, path.scope);
  if (type === 'permissions') return { status: 200, body: { value: permissionsOf(visit, scope) } };
  if (type === 'roledefinitions' && name !== undefined && request.method === 'PUT')
    return putRoleDefinition(azure, path.subscription, name, visit.body());
  if (type === 'roledefinitions') return roleDefinitions(visit, name, filter);
  if (type !== 'roleassignments')
    throw invalidResourceType('Microsoft.Authorization', path.types[0] ?? '', visit.call.apiVersion);
  if (name === undefined) return { status: 200, body: listRoleAssignments(azure, scope, filter) };
  if (request.method === 'PUT') return putRoleAssignment(azure, scope, name, visit.body(), visit.caller.oid);
  const id = `${scope}/providers/${ROLE_ASSIGNMENT_TYPE}/${name}`;
  const existing = azure.store.resources.get(id.toLowerCase());
  if (request.method === 'DELETE') {
    if (existing === undefined) return { status: 204 };
    azure.store.commit([['resources', id.toLowerCase(), null]]);
    return { status: 200, body: existing.body };
  }
  if (existing === undefined) {
    throw new ArmError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
  }
  return { status: 200, body: existing.body };
}

function permissionsOf({ azure, caller }: Visit, scope: string): readonly JsonObject[] {
  return permissionsAt(azure, caller.oid, scope).map(({ actions, notActions, condition }) => ({
    actions,
    notActions,
    ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
  }));
}

function roleDefinitions({ azure, path }: Visit, name: string | undefined, filter: string | null): Answer {
  if (name === undefined) return { status: 200, body: listRoleDefinitions(azure.store, path.subscription, filter) };
  const found = roleDefinition(azure.store, name, path.subscription);
  if (found !== undefined) return { status: 200, body: found };
  throw new ArmError(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${name}' does not exist.`,
  );
}

/** The scope in its resource's own spelling; throws when nothing is there. */
function requireScope(azure: Azure, scope: string): string {
  const path = parsePath(scope);
  if (path?.group === undefined) return scope;
  const group = requireGroup(azure, path.subscription, path.group, false);
  if (path.namespace === undefined) return group.id;
  const own = azure.store.resources.get(scope.toLowerCase());
  if (own !== undefined) return own.id;
  const parent = azure.store.resources.get(parentId(scope).toLowerCase());
  const collection = scope.split('/').at(-2) ?? '';
  const name = scope.split('/').at(-1) ?? '';
  const child = objectsAt(parent?.body, 'properties', collection).find((one) => sameId(asText(one['name']), name));
  if (parent !== undefined && child !== undefined) return `${parent.id}/${collection}/${asText(child['name'])}`;
  throw new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${path.namespace}/${path.types[0]}/${path.names[0]}' under resource group '${path.group}' was not found.`,
  );
}
