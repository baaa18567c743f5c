import { desiredIdentity } from '../desired/clusterIdentity.ts';
import { fieldOf } from '../model/clusters.ts';
import { controlPlaneOf } from '../model/controlPlane.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { Problem } from '../model/problem.ts';
import { specSecret } from '../settings.ts';
import type { ActualResources } from '../plan/plan.ts';

/** Identities that the spec names and nobody has made. */
export function identitiesExist(spec: EnvironmentSpec, observed: ActualResources): Promise<Problem[]> {
  const controlPlane = controlPlaneOf(spec);
  const named = [
    controlPlane.kind === 'user-assigned' && !controlPlane.isOurs
      ? { path: fieldOf(spec, 'identity'), id: controlPlane.id, found: observed.identity }
      : undefined,
    { path: fieldOf(spec, 'kubeletIdentity'), id: spec.cluster.kubeletIdentity, found: observed.kubeletIdentity },
  ];
  return Promise.resolve(
    named.flatMap((one) =>
      one?.id === undefined || one.found !== undefined
        ? []
        : [
            {
              path: one.path,
              message: `There is no identity ${one.id}, or the app's identity may not read it.`,
              remedy: 'Create it (az identity create), give the app Reader on it, or name another one.',
            },
          ],
    ),
  );
}

/** A secret that the spec names and the app does not have. */
export function secretProblems(spec: EnvironmentSpec): Problem[] {
  const { servicePrincipal } = spec.cluster;
  if (servicePrincipal === undefined || specSecret(servicePrincipal.secretName) !== undefined) return [];
  const { secretName } = servicePrincipal;
  return [
    {
      path: fieldOf(spec, 'servicePrincipal.secretName'),
      message: `The app has no setting ${secretName}.`,
      remedy: `Set the app setting ${secretName} to the secret of the service principal (a Key Vault reference will do), then try again.`,
    },
  ];
}

/** What the app has to be allowed for the identity that it makes, beside everything else. */
export function identityActions(spec: EnvironmentSpec): readonly string[] {
  return desiredIdentity(spec) === undefined
    ? []
    : [
        'Microsoft.ManagedIdentity/userAssignedIdentities/write',
        'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
      ];
}
