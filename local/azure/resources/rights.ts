import { stringAt } from '../json.ts';
import { isBelow, lastSegment, sameId } from '../resourceId.ts';
import type { World } from './resourceType.ts';
import { ROLE_ASSIGNMENT_TYPE } from './roleAssignments.ts';
import { roleHolds } from './roleDefinitions.ts';

/** How long a new role assignment takes to be known to other services than ARM; "up to ten minutes" as documented. */
const SPREADING_MS = 60_000;

/** Whether a principal may do something on a resource by the role assignments that have spread. */
export function mayDo(world: World, principalId: string, action: string, resourceId: string): boolean {
  return world.ofType(ROLE_ASSIGNMENT_TYPE).some(({ body }) => {
    const scope = stringAt(body, 'properties', 'scope') ?? '';
    return (
      stringAt(body, 'properties', 'principalId') === principalId &&
      (sameId(scope, resourceId) || isBelow(resourceId, scope)) &&
      roleHolds(lastSegment(stringAt(body, 'properties', 'roleDefinitionId') ?? ''), action) &&
      Date.parse(stringAt(body, 'properties', 'createdOn') ?? '') + SPREADING_MS <= world.now
    );
  });
}
