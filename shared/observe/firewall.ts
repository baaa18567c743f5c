import { byId, listPublicIps } from '../azure/publicIps.ts';
import { readResource } from '../azure/resource.ts';
import { hasSeveralPublicIps } from '../desired/publicIps.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import { observeFrontends, type ObservedFrontends } from './frontends.ts';

/** The firewall with its public addresses: those that the spec calls for, and those that it has. */
export interface ObservedFirewall extends ObservedFrontends {
  /** Raw; absent where there is none. */
  readonly firewall?: JsonObject;
}

/** Reads the firewall and its public IPs, which a list tells where there are several. @throws ArmError */
export async function observeFirewall(spec: EnvironmentSpec): Promise<ObservedFirewall> {
  const ids = resourceIds(spec);
  const [firewall, publicIps] = await Promise.all([readResource(ids.firewall, apiVersions.network), publicIpsOf(spec)]);
  const frontends = await observeFrontends(spec, firewall, byId(publicIps));
  return { ...(firewall === undefined ? {} : { firewall }), ...frontends };
}

/** What there is by the names of the firewall's public IPs; a single one is read by its own. @throws ArmError */
export async function publicIpsOf(spec: EnvironmentSpec): Promise<readonly JsonObject[]> {
  const { publicIp, resourceGroup } = resourceIds(spec);
  if (hasSeveralPublicIps(spec)) return listPublicIps(resourceGroup);
  const single = await readResource(publicIp, apiVersions.network);
  return single === undefined ? [] : [single];
}
