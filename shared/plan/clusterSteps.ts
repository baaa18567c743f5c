import { needsReaderRole } from '../desired/clusterIdentity.ts';
import { clusterViews } from '../model/clusters.ts';
import { controlPlaneOf } from '../model/controlPlane.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isFirstCluster } from '../model/names.ts';
import type { ClusterStepName, StepName } from '../model/step.ts';
import { accepted, done, type Step } from './step.ts';

/**
 * The name of a cluster's own step: the plain one of the first cluster, so that a second one renames nothing.
 *
 * @param view the environment as the cluster sees it
 */
export const clusterStep = (name: ClusterStepName, view: EnvironmentSpec): StepName =>
  isFirstCluster(view) ? name : `${name}:${view.cluster.name}`;

/** The identities that Gatehouse makes for control planes. */
export const clusterIdentities = (spec: EnvironmentSpec): readonly Step[] =>
  clusterViews(spec)
    .filter((view) => identityOf(view).makesIdentity)
    .map((view) => ({ ...identityStep(view), after: done('permissions') }));

/** The steps that build each cluster, once the network leads to the firewall; those of different clusters go side by side. */
export const clusterCreation = (spec: EnvironmentSpec): readonly Step[] => clusterViews(spec).flatMap(creationOf);

function creationOf(view: EnvironmentSpec): readonly Step[] {
  const { rolesByName, makesIdentity } = identityOf(view);
  const step = (name: ClusterStepName) => clusterStep(name, view);
  const clusterRoles: Step = {
    name: step('clusterRoles'),
    title: titleOf("Roles of the cluster's identity", view),
    after: rolesByName
      ? done('virtualNetwork', 'routeTable', ...(makesIdentity ? [step('identity')] : []))
      : accepted(step('cluster')),
    kind: 'roleAssignment',
    expectedSeconds: 2,
  };
  return [
    // An identity that AKS makes has its principal once the cluster is accepted; any other one needs its roles before.
    ...(rolesByName ? [clusterRoles] : []),
    {
      name: step('cluster'),
      title: titleOf('Cluster', view),
      after: done('networkRouting', ...(rolesByName ? [step('clusterRoles')] : [])),
      kind: 'cluster',
      expectedSeconds: 308,
    },
    ...(rolesByName ? [] : [clusterRoles]),
    ...(needsReaderRole(view) ? [{ ...readerRoleStep(view), after: accepted(step('cluster')) }] : []),
  ];
}

/** The steps that delete each cluster; what nobody may write to any more goes once its lane has ended. */
export const clusterDeletion = (spec: EnvironmentSpec): readonly Step[] => clusterViews(spec).flatMap(deletionOf);

function deletionOf(view: EnvironmentSpec): readonly Step[] {
  const { rolesByName, makesIdentity } = identityOf(view);
  const step = (name: ClusterStepName) => clusterStep(name, view);
  const clusterRoles: Step = {
    name: step('clusterRoles'),
    title: titleOf("Roles of the cluster's identity", view),
    // The principal of an identity that AKS has made goes with the cluster; any other one AKS needs to the end.
    after: rolesByName ? done(step('cluster')) : [],
    kind: 'roleAssignment',
    expectedSeconds: 2,
  };
  return [
    ...(rolesByName ? [] : [clusterRoles]),
    ...(needsReaderRole(view) ? [readerRoleStep(view)] : []),
    {
      name: step('cluster'),
      title: titleOf('Cluster', view),
      after: view.cluster.private ? [] : done('accessLanes'),
      kind: 'cluster',
      expectedSeconds: 240,
    },
    ...(rolesByName ? [clusterRoles] : []),
    ...(makesIdentity ? [{ ...identityStep(view), after: done(step('clusterRoles')) }] : []),
  ];
}

/** The steps of that kind, of every cluster. */
export const clusterStepsOf = (spec: EnvironmentSpec, name: ClusterStepName): readonly StepName[] =>
  clusterViews(spec).map((view) => clusterStep(name, view));

/** The steps after which each cluster with authorized ranges stands. */
export const restrictedClusterSteps = (spec: EnvironmentSpec): readonly StepName[] =>
  clusterViews(spec)
    .filter(({ cluster }) => !cluster.private)
    .map((view) => clusterStep('cluster', view));

function identityOf(view: EnvironmentSpec) {
  const controlPlane = controlPlaneOf(view);
  return {
    rolesByName: controlPlane.kind !== 'system-assigned',
    makesIdentity: controlPlane.kind === 'user-assigned' && controlPlane.isOurs,
  };
}

/** Where there are several clusters, a title says which one it is about. */
const titleOf = (title: string, { cluster, clusters = [] }: EnvironmentSpec): string =>
  clusters.length > 1 ? `${title} (${cluster.name})` : title;

const identityStep = (view: EnvironmentSpec): Step => ({
  name: clusterStep('identity', view),
  title: titleOf("Identity of the cluster's control plane", view),
  after: [],
  kind: 'identity',
  expectedSeconds: 2,
});

const readerRoleStep = (view: EnvironmentSpec): Step => ({
  name: clusterStep('readerRole', view),
  title: titleOf('Role of the app in the cluster', view),
  after: [],
  kind: 'roleAssignment',
  expectedSeconds: 2,
});
