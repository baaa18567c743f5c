import { randomUUID } from 'node:crypto';
import type { Answer } from './http.ts';
import { isObject } from './json.ts';
import type { ResourcePath } from './resourceId.ts';

/**
 * The request id that Microsoft.Network adds to ARM's own. Recorded are: firewall policies, which another service answers
 * for, have none; nor have lists of nothing, which ARM answers by itself.
 */
export function serviceRequestId(path: ResourcePath, answer: Answer): Readonly<Record<string, string>> {
  const { namespace, names, types } = path;
  if (namespace?.toLowerCase() !== 'microsoft.network') return {};
  const policies = types.some((type) => /^(?:firewallpolicies|nfvoperation)/i.test(type));
  const list = isObject(answer.body) ? answer.body['value'] : undefined;
  const byArm = names.length === 0 && Array.isArray(list) && list.length === 0;
  return policies || byArm ? {} : { 'x-ms-arm-service-request-id': randomUUID() };
}
