import { provisioningState, routeTableFacts } from '../../shared/actual/facts.ts';
import { owner } from '../../shared/actual/owner.ts';
import { controlPlanePrincipal } from '../../shared/actual/principals.ts';
import { listResources, putResource, readResource } from '../../shared/azure/resource.ts';
import { isAdopting } from '../../shared/desired/adopted.ts';
import { desiredIdentity, desiredRoleAssignments } from '../../shared/desired/clusterIdentity.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { clustersOf, clusterViews } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { stringAt, type JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { SingleStepName } from '../../shared/model/step.ts';
import { observeIdentity } from '../../shared/observe/identities.ts';
import { observeResources } from '../../shared/observe/resources.ts';
import { foreignSubnets, withoutOwnParts } from '../../shared/plan/networkRemoval.ts';
import { seenBy } from '../../shared/plan/plan.ts';
import { isJumpboxRetired } from '../../shared/plan/retiredJumpbox.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { withdrawRules } from './adoptedSteps.ts';
import type { AccessLanes } from './accessLanes.ts';
import { removeReaderRole } from './clusterSteps.ts';
import { removeJumpbox } from './jumpboxSteps.ts';
import { done, isSettled, waitFor } from './outcomes.ts';
import { removeFirewallPolicy, removeRuleCollectionGroup } from './policyRemoval.ts';
import { removePublicIps } from './publicIpRemoval.ts';
import { removeAsRead } from './removeResource.ts';
import { removeRoleAssignments } from './roleAssignments.ts';

/** What the environment itself puts into its resource group. */
const groupMembers = ['virtualNetwork', 'routeTable', 'firewall'] as const;

type RemoveStep = (spec: EnvironmentSpec, force: boolean, lanes: AccessLanes) => Promise<StepOutcome>;

/**
 * What each step of the teardown graph does. Only what carries the environment's tag is deleted; what others have put
 * into it is kept, together with what it needs.
 */
export const teardownSteps: Readonly<Partial<Record<SingleStepName, RemoveStep>>> = {
  accessLanes: (spec, force, lanes) => lanes.end(spec, 'delete', force),

  /** Only what is adopted has rules to be taken back: a firewall of our own goes with them. */
  firewallRules: (spec) => (isAdopting(spec) ? withdrawRules(spec) : Promise.resolve(done(false))),

  clusterRoles: async (spec) => {
    const [cluster, identity] = await Promise.all([
      readResource(resourceIds(spec).cluster, apiVersions.containerService),
      observeIdentity(spec),
    ]);
    const ours = cluster !== undefined && owner(cluster) === spec.name ? { cluster } : {};
    const principal = controlPlanePrincipal(spec, { ...ours, identity });
    // Without its principal an assignment means nothing, and goes with what it was made on.
    return principal === undefined ? done(false) : removeRoleAssignments(desiredRoleAssignments(spec, principal));
  },

  readerRole: removeReaderRole,

  jumpbox: (spec, force) => remove(spec, resourceIds(spec).jumpbox, apiVersions.compute, force),

  jumpboxInterface: (spec, force) => remove(spec, resourceIds(spec).jumpboxInterface, apiVersions.network, force),

  identity: (spec, force) => {
    const identity = desiredIdentity(spec);
    return identity === undefined
      ? Promise.resolve(done(false))
      : remove(spec, identity.id, apiVersions.managedIdentity, force);
  },

  cluster: (spec, force) => remove(spec, resourceIds(spec).cluster, apiVersions.containerService, force),

  firewall: async (spec, force) => {
    // Nodes that boot need their way out: a creation without it runs into its longest timeout, and blocks the deletion.
    const clusters = await Promise.all(
      clustersOf(spec).map(({ id }) => readResource(id, apiVersions.containerService)),
    );
    const states = clusters.flatMap((cluster) => (cluster === undefined ? [] : provisioningState(cluster)));
    const busy = states.find((state) => state !== 'Deleting' && !isSettled(state));
    if (busy !== undefined) return waitFor(`the cluster is ${busy}`);
    return remove(spec, resourceIds(spec).firewall, apiVersions.network, force);
  },

  ruleCollectionGroup: removeRuleCollectionGroup,

  firewallPolicy: removeFirewallPolicy,

  virtualNetwork: async (spec, force) => {
    const id = resourceIds(spec).virtualNetwork;
    const network = await readResource(id, apiVersions.network);
    // The spec may have lost it, and no sync have come since.
    if (isJumpboxRetired(spec, network)) {
      const gone = await removeJumpbox(spec, force);
      if (gone.outcome !== 'done') return gone;
    }
    const kept = network === undefined || owner(network) !== spec.name ? [] : foreignSubnets(network, spec);
    if (network === undefined || kept.length === 0) return remove(spec, id, apiVersions.network, force);
    return keepForeignSubnets(spec, network, kept);
  },

  routeTable: (spec, force) =>
    removeUnlessUsed(spec, resourceIds(spec).routeTable, force, (table) => routeTableFacts(table).subnetIds.length > 0),

  publicIp: (spec, force) => removePublicIps(spec, { force, isKept: () => false }),

  resourceGroup: async (spec, force) => {
    const id = resourceIds(spec).resourceGroup;
    const [left, observed] = await Promise.all([
      listResources(`${id}/resources`, apiVersions.resources),
      observeResources(spec),
    ]);
    // ARM's list of a group lags behind: what was kept above is looked for by its own name as well.
    const ofClusters = clusterViews(spec).flatMap((view) => {
      const { cluster, identity } = seenBy(view, observed);
      return [cluster, desiredIdentity(view) === undefined ? undefined : identity];
    });
    const single = [...groupMembers.map((name) => observed[name]), observed.policy?.policy, ...ofClusters];
    const kept = [...single, ...(observed.publicIps ?? []), ...(observed.publicIpPrefixes ?? [])].filter(
      (resource) => resource !== undefined,
    );
    const ids = [...new Set([...(left ?? []), ...kept].map((resource) => stringAt(resource, 'id') ?? ''))];
    if (ids.length === 0) return remove(spec, id, apiVersions.resources, force);
    return done(false, `kept: it still holds ${ids.length} that Gatehouse does not delete: ${ids.join(', ')}`);
  },
};

async function remove(spec: EnvironmentSpec, id: string, apiVersion: string, force: boolean): Promise<StepOutcome> {
  const resource = await readResource(id, apiVersion);
  return resource === undefined ? done(false) : removeAsRead({ id, apiVersion, resource }, spec.name, force);
}

async function removeUnlessUsed(
  spec: EnvironmentSpec,
  id: string,
  force: boolean,
  isUsed: (resource: JsonObject) => boolean,
): Promise<StepOutcome> {
  const resource = await readResource(id, apiVersions.network);
  if (resource !== undefined && isUsed(resource)) return done(false, `kept: ${id} is still in use`);
  return remove(spec, id, apiVersions.network, force);
}

/** Takes our subnets and our DNS servers out of a network that others have put subnets into, and leaves it to them. */
async function keepForeignSubnets(
  spec: EnvironmentSpec,
  network: JsonObject,
  kept: readonly string[],
): Promise<StepOutcome> {
  const id = resourceIds(spec).virtualNetwork;
  const state = provisioningState(network);
  if (!isSettled(state)) return waitFor(`${id} is ${state}`);
  const body = withoutOwnParts(network, spec);
  const detail = `kept: it holds subnets that Gatehouse does not own: ${kept.join(', ')}`;
  if (body === undefined) return done(false, detail);
  const accepted = await putResource(id, apiVersions.network, body);
  return accepted.operation === undefined ? done(true, detail) : { outcome: 'started', operation: accepted.operation };
}
