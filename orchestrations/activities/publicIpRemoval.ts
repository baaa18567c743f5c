import { publicIpFacts, publicIpPrefixFacts } from '../../shared/actual/facts.ts';
import { listPublicIpPrefixes, listPublicIps } from '../../shared/azure/publicIps.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { stringAt, type JsonObject } from '../../shared/model/json.ts';
import { positionAmong, resourceIds } from '../../shared/model/names.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done } from './outcomes.ts';
import { removeAsRead } from './removeResource.ts';
import { combined, sideBySide } from './sideBySide.ts';

interface RemovalOptions {
  readonly force: boolean;
  /** Which of our public IPs stay, by id. */
  readonly isKept: (id: string) => boolean;
}

/**
 * Deletes the firewall's public IPs, those of a larger number that the spec once had included, and then the prefixes that
 * no address comes from any more. What is in use or not ours stays.
 *
 * @throws ArmError when Azure refuses
 */
export async function removePublicIps(spec: EnvironmentSpec, { force, isKept }: RemovalOptions): Promise<StepOutcome> {
  const { resourceGroup, publicIp, publicIpPrefix, managementPublicIp } = resourceIds(spec);
  const named = (list: readonly JsonObject[], first: string) =>
    list
      .map((resource) => ({ id: stringAt(resource, 'id') ?? '', apiVersion: apiVersions.network, resource }))
      .filter(({ id }) => positionAmong(first, id) !== undefined);
  const [publicIps, prefixes] = await Promise.all([listPublicIps(resourceGroup), listPublicIpPrefixes(resourceGroup)]);
  const ours = [...named(publicIps, publicIp), ...named(publicIps, managementPublicIp)];
  const unwanted = ours.filter(({ id }) => !isKept(id));
  const removed = combined(
    await sideBySide(unwanted, (one) =>
      publicIpFacts(one.resource).attachedTo === undefined
        ? removeAsRead(one, spec.name, force)
        : Promise.resolve(done(false, `kept: ${one.id} is still in use`)),
    ),
  );
  if (removed.outcome !== 'done') return removed;
  const empty = named(prefixes, publicIpPrefix).filter(
    ({ resource }) => publicIpPrefixFacts(resource).publicIpIds.length === 0,
  );
  return combined([removed, ...(await sideBySide(empty, (one) => removeAsRead(one, spec.name, force)))]);
}
