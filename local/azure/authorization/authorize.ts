import { ArmError } from '../errors.ts';
import type { TokenClaims } from '../auth.ts';
import type { Azure } from '../azure.ts';
import type { Request } from '../http.ts';
import { isObject, objectAt, stringAt, type Json, type JsonObject } from '../json.ts';
import { lastSegment, type ResourcePath } from '../resourceId.ts';
import type { Asked } from './condition.ts';
import { linkedNeeds } from './linkedActions.ts';
import { isOperationResult, neededAction, type NeededAction } from './neededAction.ts';
import { grants, permissionsAt } from './permissions.ts';

/** What a request takes: its own action, then those of what its body refers to. */
export function neededActions(request: Request, path: ResourcePath): readonly NeededAction[] {
  if (isOperationResult(path)) return [];
  const { method, text, url } = request;
  const pathname = decodeURIComponent(url.pathname).replace(/\/$/, '');
  const own = neededAction(method, pathname, path);
  if (method !== 'PUT' && method !== 'PATCH') return [own];
  return [own, ...linkedNeeds(`${path.namespace}/${path.types.join('/')}`, pathname, bodyOf(text))];
}

/**
 * Lets a request pass that the caller's roles allow.
 *
 * @throws ArmError `AuthorizationFailed`, or `LinkedAuthorizationFailed` where an action on what the body refers to is missing
 */
export function authorize(azure: Azure, caller: TokenClaims, request: Request, path: ResourcePath): void {
  const [own, ...linked] = neededActions(request, path);
  if (own === undefined) return;
  const permissions = permissionsAt(azure, caller.oid, own.scope);
  if (!grants(permissions, askedOf(azure, own, request))) {
    const unconditional = permissions.map(({ actions, notActions }) => ({ actions, notActions }));
    const isConditional = grants(unconditional, { action: own.action, request: {}, resource: {} });
    throw unauthorized(caller, own, isConditional);
  }
  const missing = linked.filter(
    ({ action, scope }) => !grants(permissionsAt(azure, caller.oid, scope), { action, request: {}, resource: {} }),
  );
  const [first] = missing;
  if (first === undefined) return;
  const scopes = missing.filter(({ action }) => action === first.action).map(({ scope }) => scope);
  throw linkUnauthorized(caller, own, first.action, scopes);
}

/** What conditions can ask about: the assignment that is sent, and the one that is there. */
function askedOf(azure: Azure, { action, scope }: NeededAction, { text }: Request): Asked {
  if (!/^Microsoft\.Authorization\/roleAssignments\//i.test(action)) return { action, request: {}, resource: {} };
  const attributes = (assignment: JsonObject | undefined): Asked['request'] => {
    const properties = objectAt(assignment, 'properties');
    const role = stringAt(properties, 'roleDefinitionId');
    const principal = stringAt(properties, 'principalId');
    return {
      ...(role === undefined ? {} : { RoleDefinitionId: lastSegment(role) }),
      ...(principal === undefined ? {} : { PrincipalId: principal }),
      ...(principal === undefined
        ? {}
        : { PrincipalType: stringAt(properties, 'principalType') ?? 'ServicePrincipal' }),
    };
  };
  return {
    action,
    request: attributes(bodyOf(text)),
    resource: attributes(azure.store.resources.get(scope.toLowerCase())?.body),
  };
}

/** The wording of ARM: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting (of 2025-03), and reports of it. */
function unauthorized({ oid, appid }: TokenClaims, { action, scope }: NeededAction, conditional: boolean): ArmError {
  return new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${appid}' with object id '${oid}' does not have authorization ${conditional ? 'or an ABAC condition not fulfilled ' : ''}` +
      `to perform action '${action}' over scope '${scope}' or the scope is invalid. ` +
      'If access was recently granted, please refresh your credentials.',
  );
}

function linkUnauthorized(
  { oid, appid }: TokenClaims,
  { action, scope }: NeededAction,
  linked: string,
  scopes: readonly string[],
): ArmError {
  return new ArmError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${appid}' with object id '${oid}' has permission to perform action '${action}' on scope '${scope}'; ` +
      `however, it does not have permission to perform action(s) '${linked}' on the linked scope(s) '${scopes.join(',')}' ` +
      '(respectively) or the linked scope(s) are invalid.',
  );
}

/** A body that is no JSON object refers to nothing: whoever answers the request refuses it. */
function bodyOf(text: string): JsonObject {
  try {
    const body = JSON.parse(text) as Json;
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}
