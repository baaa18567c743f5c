import { randomUUID } from 'node:crypto';
import { drawLatency, put, TENANT_ID, type Azure } from '../azure.ts';
import { ArmError } from '../errors.ts';
import type { Answer } from '../http.ts';
import { compact, isObject, objectAt, stringAt, type JsonObject } from '../json.ts';
import { lastSegment } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import { checkLocation } from './names.ts';

export const IDENTITY_TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** Creates or updates a user-assigned identity. Synchronous; its principal is new in the directory for a while. */
export async function putIdentity(azure: Azure, id: string, sent: JsonObject): Promise<Answer> {
  const existing = azure.store.resources.get(id.toLowerCase());
  const name = lastSegment(existing?.id ?? id);
  if (existing === undefined && !/^[A-Za-z0-9][\w-]{2,127}$/.test(name)) {
    throw new ArmError(
      400,
      'InvalidResourceName',
      `The resource name '${name}' is invalid: 3–128 letters, digits, '_' and '-'.`,
    );
  }
  const location = checkLocation(sent['location'], IDENTITY_TYPE, azure.cloud);
  const current = stringAt(existing?.body, 'location');
  if (current !== undefined && current !== location) {
    throw new ArmError(
      409,
      'InvalidResourceLocation',
      `The resource '${name}' already exists in location '${current}'.`,
    );
  }
  const properties = objectAt(existing?.body, 'properties');
  const principalId = stringAt(properties, 'principalId') ?? randomUUID();
  const body: JsonObject = {
    location,
    tags: isObject(sent['tags']) ? sent['tags'] : {},
    id: existing?.id ?? id,
    name,
    type: IDENTITY_TYPE,
    properties: { tenantId: TENANT_ID, principalId, clientId: properties['clientId'] ?? randomUUID() },
  };
  const { seconds, changes } = drawLatency(azure, 'userAssignedIdentities.put', id);
  const principal = azure.store.principals.get(principalId) ?? azure.clock.now();
  azure.store.commit([
    ...changes,
    ['principals', principalId, principal],
    put({ id: existing?.id ?? id, type: IDENTITY_TYPE, body }),
  ]);
  await azure.clock.pause(seconds * 1000);
  const write = { kind: 'userAssignedIdentities.put', resourceId: id, operationSeconds: seconds } as const;
  return { status: existing === undefined ? 201 : 200, body, write };
}

export function patchIdentity(azure: Azure, identity: Resource, sent: JsonObject): Answer {
  const body = { ...identity.body, ...compact({ tags: sent['tags'] }) };
  azure.store.commit([put({ ...identity, body })]);
  return { status: 200, body };
}
