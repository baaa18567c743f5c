import type { Azure } from '../azure.ts';
import { objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { isBelow, lastSegment, sameId } from '../resourceId.ts';
import { ROLE_ASSIGNMENT_TYPE } from '../resources/roleAssignments.ts';
import { roleDefinition } from '../resources/roleDefinitions.ts';
import { matchesAction } from './actionPattern.ts';
import { parseCondition, type Asked } from './condition.ts';
import type { Permission } from './permission.ts';

/** What a principal may do at a scope: the roles it is assigned there and above. */
export function permissionsAt(azure: Azure, principal: string, scope: string): readonly Permission[] {
  const assigned = [...azure.store.resources.values()]
    .filter(({ type, body }) => type === ROLE_ASSIGNMENT_TYPE && isOf(body, principal) && countsAt(body, scope))
    .flatMap(({ body }) => {
      const condition = stringAt(body, 'properties', 'condition');
      const role = lastSegment(stringAt(body, 'properties', 'roleDefinitionId') ?? '');
      return permissionsOf(azure, role).map((one) => ({ ...one, ...(condition === undefined ? {} : { condition }) }));
    });
  return [...azure.inheritedRoles(principal), ...assigned];
}

const isOf = (assignment: JsonObject, principal: string): boolean =>
  sameId(stringAt(assignment, 'properties', 'principalId') ?? '', principal);

function countsAt(assignment: JsonObject, scope: string): boolean {
  const own = stringAt(assignment, 'properties', 'scope') ?? '';
  return sameId(own, scope) || isBelow(scope, own);
}

function permissionsOf(azure: Azure, role: string): readonly Permission[] {
  return objectsAt(roleDefinition(azure.store, role), 'properties', 'permissions').map((permission) => ({
    actions: stringsAt(permission, 'actions'),
    notActions: stringsAt(permission, 'notActions'),
  }));
}

/** Whether one of the permissions grants what is asked: an action of it matches, no exception does, and its condition holds. */
export function grants(permissions: readonly Permission[], asked: Asked): boolean {
  return permissions.some(
    ({ actions, notActions, condition }) =>
      actions.some((pattern) => matchesAction(pattern, asked.action)) &&
      !notActions.some((pattern) => matchesAction(pattern, asked.action)) &&
      (condition === undefined || parseCondition(condition)(asked)),
  );
}
