import { owner } from '../../shared/actual/owner.ts';
import { readResource } from '../../shared/azure/resource.ts';
import {
  desiredJumpbox,
  desiredJumpboxInterface,
  hasJumpbox,
  jumpboxRule,
  standingJumpbox,
} from '../../shared/desired/jumpbox.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { objectsAt, stringAt, type Json } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { ownProblem } from '../../shared/model/step.ts';
import { observeFirewall } from '../../shared/observe/firewall.ts';
import { natRuleBody, withRules } from '../../shared/plan/natRuleBody.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { ensureResource } from './ensureResource.ts';
import { done, failed } from './outcomes.ts';
import { removeAsRead, startRemoval } from './removeResource.ts';

/**
 * The DNAT rules that are known before any service is, so that they come with the one write that creates the firewall. None where
 * there is no jumpbox, or its frontend has no address yet: the first sync writes it then.
 */
export async function firstNatRules(spec: EnvironmentSpec): Promise<readonly Json[]> {
  if (!hasJumpbox(spec)) return [];
  const { wanted } = await observeFirewall(spec);
  const frontend = wanted[0]?.address;
  if (frontend === undefined) return [];
  const rule = natRuleBody(jumpboxRule(spec, frontend), 'SSH to the jumpbox');
  return withRules({ collections: [] }, spec.name, [rule]);
}

export async function startJumpboxInterface(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  return hasJumpbox(spec) ? ensureResource(desiredJumpboxInterface(spec), spec.name, mayWrite) : done(false);
}

/** The machine. One that stands is only resized: user and key are those of its first boot, and others than the spec's fail the step. */
export async function startJumpbox(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  if (!hasJumpbox(spec)) return done(false);
  let isOther = false;
  const outcome = await ensureResource(desiredJumpbox(spec), spec.name, mayWrite, (creation, actual) => {
    if (actual === undefined) return creation;
    const [key] = objectsAt(actual, 'properties', 'osProfile', 'linuxConfiguration', 'ssh', 'publicKeys');
    const user = stringAt(actual, 'properties', 'osProfile', 'adminUsername');
    const keyData = stringAt(key, 'keyData')?.trim();
    isOther = user !== spec.jumpbox.adminUser || keyData !== spec.jumpbox.sshKey;
    return standingJumpbox(spec);
  });
  if (outcome.outcome !== 'done' || !isOther) return outcome;
  return failed(
    ownProblem(
      'JumpboxDiffers',
      `${resourceIds(spec).jumpbox} was made with another user or key, and Azure changes neither.`,
    ),
  );
}

/** Takes away a jumpbox that the spec no longer has: machine (with its disk), interface, subnet, one after the other. */
export async function removeJumpbox(spec: EnvironmentSpec, force: boolean): Promise<StepOutcome> {
  const ids = resourceIds(spec);
  const parts = [
    { id: ids.jumpbox, apiVersion: apiVersions.compute },
    { id: ids.jumpboxInterface, apiVersion: apiVersions.network },
  ];
  for (const part of parts) {
    const resource = await readResource(part.id, part.apiVersion);
    if (resource === undefined) continue;
    const outcome = await removeAsRead({ ...part, resource }, spec.name, force);
    if (outcome.outcome !== 'done' || owner(resource) !== spec.name) return outcome;
  }
  const subnet = await readResource(ids.jumpboxSubnet, apiVersions.network);
  if (subnet === undefined) return done(false);
  if (objectsAt(subnet, 'properties', 'ipConfigurations').length > 0) {
    return done(false, `kept: ${ids.jumpboxSubnet} is still in use`);
  }
  return startRemoval({ id: ids.jumpboxSubnet, apiVersion: apiVersions.network, resource: subnet }, force);
}
