import { controlPlanePrincipal, identityFacts } from '../../shared/actual/principals.ts';
import { appPrincipal } from '../../shared/azure/appPrincipal.ts';
import { ArmError } from '../../shared/azure/errors.ts';
import { readResource } from '../../shared/azure/resource.ts';
import { desiredCluster } from '../../shared/desired/cluster.ts';
import {
  desiredIdentity,
  desiredReaderRole,
  desiredRoleAssignments,
  needsReaderRole,
  withSecret,
} from '../../shared/desired/clusterIdentity.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { controlPlaneOf } from '../../shared/model/controlPlane.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { secretProblems } from '../../shared/observe/clusterPreflight.ts';
import { observeIdentities, observeIdentity } from '../../shared/observe/identities.ts';
import { clusterUpdate, fixedDifferences, fixedDifferenceText } from '../../shared/plan/clusterUpdate.ts';
import type { Difference } from '../../shared/plan/resourcePlan.ts';
import { settings, specSecret } from '../../shared/settings.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { ensureResource } from './ensureResource.ts';
import { done, failed, failedBy, waitFor } from './outcomes.ts';
import { ensureRoleAssignments, removeRoleAssignments } from './roleAssignments.ts';

/** The identity of the control plane, where Gatehouse makes it. */
export async function startIdentity(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const identity = desiredIdentity(spec);
  return identity === undefined ? done(false) : ensureResource(identity, spec.name, mayWrite);
}

/**
 * The cluster. A secret that it needs is read here, written with the creation, and kept nowhere.
 *
 * @param frontends public addresses of the firewall
 */
export async function startCluster(
  spec: EnvironmentSpec,
  mayWrite: boolean,
  frontends: readonly string[],
): Promise<StepOutcome> {
  const { outboundRanges } = settings();
  const { kubeletIdentity } = await observeIdentities(spec);
  const kubelet = identityFacts(kubeletIdentity);
  if (spec.cluster.kubeletIdentity !== undefined && kubelet === undefined) {
    return identityGone(spec.cluster.kubeletIdentity, false);
  }
  let standing: readonly Difference[] = [];
  const facts = { frontends, outboundRanges, ...(kubelet === undefined ? {} : { kubelet }) };
  try {
    const outcome = await ensureResource(desiredCluster(spec, facts), spec.name, mayWrite, (creation, actual) => {
      if (actual === undefined) return withSecret(creation, secretOf(spec));
      const desired = desiredCluster(withoutDevelopers(spec), facts);
      standing = fixedDifferences(desired, actual, spec.name);
      return clusterUpdate(desired, actual);
    });
    return outcome.outcome === 'done' && standing.length > 0
      ? { ...outcome, detail: `Can't be changed in place: ${standing.map(fixedDifferenceText).join('; ')}.` }
      : outcome;
  } catch (error) {
    if (error instanceof ArmError && spreadingCodes.has(error.code)) return spreads(error);
    if (error instanceof SecretMissingError) return failedBy('SecretMissing', secretProblems(spec));
    throw error;
  }
}

/**
 * The ranges of a cluster that stands are its access lane's: a developer's that anybody else has written would not be recorded
 * as ours, and would never be taken out again.
 */
const withoutDevelopers = (spec: EnvironmentSpec): EnvironmentSpec => ({ ...spec, access: { developers: [] } });

/** What AKS says as long as a new identity, or a role that was just given to it, has not reached it. */
const spreadingCodes = new Set([
  'CustomRouteTableMissingPermission',
  'CustomKubeletIdentityMissingPermissionError',
  'ServicePrincipalNotFound',
]);
/** Between two tries: with those that are granted to a step, half an hour in all. Azure asks for ten minutes at the most. */
const SPREADING_SECONDS = 30;

const spreads = ({ message }: ArmError): StepOutcome => ({
  outcome: 'wait',
  seconds: SPREADING_SECONDS,
  reason: `An identity or its roles have not spread yet: ${message}`,
  refused: true,
});

class SecretMissingError extends Error {}

/** @throws SecretMissingError where the spec names a secret that the app does not have */
function secretOf({ cluster: { servicePrincipal } }: EnvironmentSpec): string | undefined {
  if (servicePrincipal === undefined) return undefined;
  const secret = specSecret(servicePrincipal.secretName);
  if (secret === undefined) throw new SecretMissingError();
  return secret;
}

/** The roles that the control plane's identity needs. */
export async function startClusterRoles(spec: EnvironmentSpec): Promise<StepOutcome> {
  const controlPlane = controlPlaneOf(spec);
  const [cluster, identity] = await Promise.all([
    controlPlane.kind === 'system-assigned'
      ? readResource(resourceIds(spec).cluster, apiVersions.containerService)
      : undefined,
    observeIdentity(spec),
  ]);
  if (controlPlane.kind === 'user-assigned' && identity === undefined) {
    return identityGone(controlPlane.id, controlPlane.isOurs);
  }
  const principal = controlPlanePrincipal(spec, { cluster, identity });
  if (principal === undefined) return waitFor("the cluster's identity has not appeared yet");
  return ensureRoleAssignments(desiredRoleAssignments(spec, principal));
}

const identityGone = (id: string, isOurs: boolean): StepOutcome =>
  failed({
    code: 'IdentityMissing',
    message: `${id} is gone: somebody has deleted it.`,
    remedy: isOurs
      ? 'Retry to build it again.'
      : 'Create it again under the same name, then retry; or delete the environment and start it with another identity.',
  });

/** The role by which the app lists the services of a cluster where Azure's roles say who may. */
export async function startReaderRole(spec: EnvironmentSpec): Promise<StepOutcome> {
  const role = await readerRole(spec);
  return role === undefined ? done(false) : ensureRoleAssignments([role]);
}

/** Takes it back. */
export async function removeReaderRole(spec: EnvironmentSpec): Promise<StepOutcome> {
  const role = await readerRole(spec);
  return role === undefined ? done(false) : removeRoleAssignments([role]);
}

const readerRole = async (spec: EnvironmentSpec) =>
  needsReaderRole(spec) ? desiredReaderRole(spec, await appPrincipal()) : undefined;
