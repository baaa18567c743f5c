import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes } from '../../../shared/desired/network.ts';
import type { EnvironmentSpec } from '../../../shared/model/environmentSpec.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../shared/model/json.ts';
import { articleSpec } from '../../support/spec.ts';

export const spec: EnvironmentSpec = articleSpec();
export const frontends = ['20.62.10.30'];
const firewallPrivateIp = '10.42.2.4';

/** The environment as it is after its creation, as Azure answers it. */
export interface Resources {
  readonly firewall: JsonObject;
  readonly routeTable: JsonObject;
  readonly virtualNetwork: JsonObject;
}

export function healthy(): Resources {
  const answer = (body: JsonObject) => JSON.parse(JSON.stringify(body)) as JsonObject;
  const firewall = answer(desiredFirewall(spec).body);
  return {
    firewall: withFirstIpConfiguration(firewall, { privateIPAddress: firewallPrivateIp }),
    routeTable: answer(desiredRoutes(spec, { firewallPrivateIp, frontends }).body),
    virtualNetwork: answer(desiredNetworkRouting(spec, { firewallPrivateIp }).body),
  };
}

function withFirstIpConfiguration(firewall: JsonObject, added: JsonObject): JsonObject {
  const properties = firewall['properties'] as JsonObject;
  const [first, ...others] = properties['ipConfigurations'] as readonly JsonObject[];
  const configuration = { ...first, properties: { ...(first?.['properties'] as JsonObject), ...added } };
  return { ...firewall, properties: { ...properties, ipConfigurations: [configuration, ...others] } };
}

/** The resource with this replaced in its text: a drift, or only another spelling. */
export function respelled(resource: JsonObject, from: string | RegExp, to: string): JsonObject {
  const text = JSON.stringify(resource);
  const changed = text.replaceAll(from, to);
  if (changed === text) throw new Error(`The resource has no ${String(from)}.`);
  return JSON.parse(changed) as JsonObject;
}

/** Every key's value in another case, what Azure adds by itself, and lists the other way round. */
export function asAzureMightWrite(value: Json, key = ''): Json {
  if (key === 'tags') return value;
  if (Array.isArray(value)) return value.map((item: Json) => asAzureMightWrite(item)).reverse();
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, inner]) => [name, asAzureMightWrite(inner ?? null, name)]);
    // The protocols of an application rule are values, not resources.
    if ('protocolType' in value) return value;
    const added = { etag: 'W/"1"', provisioningState: 'Succeeded', sourceIpGroups: [], destinationIpGroups: [] };
    return Object.fromEntries([...Object.entries(added), ...entries]) as JsonObject;
  }
  if (typeof value !== 'string') return value;
  return /^\d+\.\d+\.\d+\.\d+$/.test(value) ? `${value}/32` : value.toUpperCase();
}
