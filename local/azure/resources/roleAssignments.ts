import { drawLatency, put, TENANT_ID, type Azure } from '../azure.ts';
import { ArmError } from '../errors.ts';
import type { Answer } from '../http.ts';
import { compact, objectAt, stringAt, type JsonObject } from '../json.ts';
import { isBelow, lastSegment, sameId } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import { parseCondition } from '../authorization/condition.ts';
import { roleDefinition } from './roleDefinitions.ts';

export const ROLE_ASSIGNMENT_TYPE = 'Microsoft.Authorization/roleAssignments';

/** How long a new principal takes to be known everywhere in the directory. */
const PROPAGATION_MS = 10_000;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Creates a role assignment at a scope. Synchronous, and refused while the principal has not spread through the directory,
 * unless `principalType` spares ARM the look.
 */
export async function putRoleAssignment(
  azure: Azure,
  scope: string,
  name: string,
  sent: JsonObject,
  caller: string,
): Promise<Answer> {
  const properties = objectAt(sent, 'properties');
  const principalId = stringAt(properties, 'principalId') ?? '';
  const roleDefinitionId = stringAt(properties, 'roleDefinitionId') ?? '';
  const unknown = Object.keys(properties).find((member) => !knownMembers.includes(member));
  if (unknown !== undefined) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: 'Could not find member '${unknown}' on object of type 'RoleAssignmentPropertiesDefinition'.'`,
    );
  }
  if (!GUID.test(name)) {
    throw new ArmError(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  if (!GUID.test(principalId)) {
    throw new ArmError(
      400,
      'InvalidPrincipalId',
      `A valid principal ID must be provided for role assignment: '${principalId}' is not one.`,
    );
  }
  if (roleDefinition(azure.store, lastSegment(roleDefinitionId)) === undefined) {
    throw new ArmError(
      400,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${lastSegment(roleDefinitionId)}' does not exist.`,
    );
  }
  refuseUnreadableCondition(properties);
  refuseUnknownPrincipal(azure, principalId, stringAt(properties, 'principalType'));

  const id = `${scope}/providers/${ROLE_ASSIGNMENT_TYPE}/${name}`;
  const existing = azure.store.resources.get(id.toLowerCase());
  const role = lastSegment(roleDefinitionId).toLowerCase();
  refuseSecondAssignment(azure, scope, id, principalId, role);
  if (existing !== undefined && !grantsSame(existing, principalId, role)) {
    throw new ArmError(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  }
  const time = new Date(azure.clock.now()).toISOString();
  const changeable = compact({ condition: properties['condition'], conditionVersion: properties['conditionVersion'] });
  const body: JsonObject =
    existing === undefined
      ? {
          properties: {
            ...compact({ ...properties, principalType: properties['principalType'] ?? 'ServicePrincipal', scope }),
            createdOn: time,
            updatedOn: time,
            createdBy: caller,
            updatedBy: caller,
          },
          id,
          type: ROLE_ASSIGNMENT_TYPE,
          name,
        }
      : { ...existing.body, properties: { ...objectAt(existing.body, 'properties'), ...changeable } };
  const { seconds, changes } = drawLatency(azure, 'roleAssignments.put', id);
  azure.store.commit([...changes, put({ id, type: ROLE_ASSIGNMENT_TYPE, body })]);
  await azure.clock.pause(seconds * 1000);
  const write = { kind: 'roleAssignments.put', resourceId: id, operationSeconds: seconds } as const;
  return { status: existing === undefined ? 201 : 200, body, write };
}

/** Role assignments that count at a scope: its own, those above it and, unless `atScope()` is asked for, those below. */
export function listRoleAssignments(azure: Azure, scope: string, filter: string | null): JsonObject {
  const atScope = /atScope\(\)/i.test(filter ?? '');
  const principal = /(?:principalId\s+eq\s+'|assignedTo\(')([^']*)'/i.exec(filter ?? '')?.[1];
  const value = [...azure.store.resources.values()]
    .filter(({ type }) => type === ROLE_ASSIGNMENT_TYPE)
    .filter(({ body }) => {
      const own = stringAt(body, 'properties', 'scope') ?? '';
      const counts = sameId(own, scope) || isBelow(scope, own) || (!atScope && isBelow(own, scope));
      return counts && (principal === undefined || stringAt(body, 'properties', 'principalId') === principal);
    })
    .map(({ body }) => body);
  return { value };
}

const knownMembers = [
  ...['roleDefinitionId', 'principalId', 'principalType', 'description', 'condition', 'conditionVersion', 'scope'],
  ...['createdOn', 'updatedOn', 'createdBy', 'updatedBy', 'delegatedManagedIdentityResourceId', 'canDelegate'],
];

function refuseUnreadableCondition({ condition, conditionVersion }: JsonObject): void {
  if (condition === undefined || condition === null) return;
  try {
    if (conditionVersion !== '2.0') throw new SyntaxError("conditionVersion has to be '2.0'.");
    parseCondition(typeof condition === 'string' ? condition : '');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ArmError(400, 'InvalidCondition', `The condition of the role assignment can't be used: ${error.message}`);
  }
}

function refuseUnknownPrincipal(azure: Azure, principalId: string, principalType: string | undefined): void {
  const createdAt = azure.store.principals.get(principalId);
  const known = createdAt !== undefined && createdAt + PROPAGATION_MS <= azure.clock.now();
  if (known || principalType !== undefined) return;
  throw new ArmError(
    400,
    'PrincipalNotFound',
    `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${TENANT_ID}. Check that you have the correct ` +
      'principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to ' +
      'a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, ' +
      'User, or Group.  See https://aka.ms/docs-principaltype',
  );
}

function refuseSecondAssignment(azure: Azure, scope: string, id: string, principalId: string, role: string): void {
  const other = [...azure.store.resources.values()].find(
    (resource) =>
      resource.type === ROLE_ASSIGNMENT_TYPE &&
      !sameId(resource.id, id) &&
      sameId(stringAt(resource.body, 'properties', 'scope') ?? '', scope) &&
      grantsSame(resource, principalId, role),
  );
  if (other === undefined) return;
  throw new ArmError(
    409,
    'RoleAssignmentExists',
    `The role assignment already exists. The ID of the existing role assignment is ${lastSegment(other.id).replaceAll('-', '')}.`,
  );
}

function grantsSame({ body }: Resource, principalId: string, role: string): boolean {
  return (
    stringAt(body, 'properties', 'principalId') === principalId &&
    lastSegment(stringAt(body, 'properties', 'roleDefinitionId') ?? '').toLowerCase() === role
  );
}
