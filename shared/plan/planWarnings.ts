import { clusterFacts } from '../actual/facts.ts';
import { isEnforceable } from '../desired/egress.ts';
import { egressCatalogue } from '../desired/egressCatalogue.ts';
import { nodePoolsOf } from '../desired/nodePools.ts';
import { MAX_FRONTENDS_AND_DESTINATIONS } from '../model/azureLimits.ts';
import { cloudOf } from '../model/cloud.ts';
import { clusterViews } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { resourceIds } from '../model/names.ts';
import { egressCoverage } from './egressCoverage.ts';
import { seenBy, type ActualResources, type ResourceChange } from './plan.ts';

const SNAT_PORTS_PER_FRONTEND = 2496;
const FRONTENDS_IN_PRODUCTION = 20;
/** Of the published ports that a firewall takes; fewer deserve a word. */
const FEW_PUBLICATIONS = 100;

/** What a platform engineer would say about the plan before it runs. */
export function planWarnings(
  spec: EnvironmentSpec,
  actual: ActualResources,
  resources: readonly ResourceChange[],
): readonly string[] {
  return [
    ...frontendWarnings(spec),
    ...egressWarnings(spec),
    ...leftOutWarnings(spec),
    ...new Set(clusterViews(spec).flatMap((view) => [...nodeWarnings(view), ...entraWarnings(view)])),
    ...resolverWarnings(actual, resources),
    ...clusterViews(spec).flatMap((view) => apiServerWarnings(view, seenBy(view, actual), resources)),
  ];
}

function frontendWarnings({ firewall: { publicIpCount } }: EnvironmentSpec): readonly string[] {
  const room = MAX_FRONTENDS_AND_DESTINATIONS - publicIpCount;
  if (publicIpCount >= FRONTENDS_IN_PRODUCTION) {
    return room < FEW_PUBLICATIONS ? [`${publicIpCount} frontends leave room for ${room} published ports.`] : [];
  }
  const given = `${publicIpCount} ${publicIpCount === 1 ? 'frontend gives' : 'frontends give'}`;
  const ports = publicIpCount * SNAT_PORTS_PER_FRONTEND;
  return [
    `${given} ${ports} SNAT ports per firewall instance; AKS asks for ${FRONTENDS_IN_PRODUCTION} frontends in production.`,
  ];
}

function egressWarnings(spec: EnvironmentSpec): readonly string[] {
  const { egress, location } = spec;
  const cloud = cloudOf(location);
  const warnings: string[] = [];
  const { missing } = egressCoverage(spec);
  if (missing.length > 0) {
    const names = missing.map(({ fqdn, use }) => `${fqdn} (${use})`).join(', ');
    warnings.push(
      `No rule lets the nodes reach what AKS needs: ${names}. Take the preset "aks", or allow them by name.`,
    );
  }
  for (const rule of egress.allow.application) {
    if (rule.fqdns.includes('*')) warnings.push(`The rule "${rule.name}" lets the cluster reach every host by name.`);
  }
  for (const rule of egress.allow.network) {
    if (rule.destinations.includes('*')) warnings.push(`The rule "${rule.name}" lets the cluster reach every address.`);
  }
  if (cloud !== 'public') {
    for (const name of egress.presets) {
      const asOf = egressCatalogue[name].asOf[cloud];
      if (asOf !== undefined) {
        warnings.push(
          `The preset "${name}" for the ${cloud} cloud is as of ${asOf}: compare it with the documentation.`,
        );
      }
    }
  }
  return warnings;
}

/** What could be otherwise, and does no harm. */
export function planHints(spec: EnvironmentSpec): readonly string[] {
  const { needless } = egressCoverage(spec);
  return needless.map(({ rule, why }) => `The article's rule ${rule} is needed no longer: ${why}.`);
}

function nodeWarnings({ cluster, egress }: EnvironmentSpec): readonly string[] {
  const hasWindows = nodePoolsOf(cluster).some(({ osType }) => osType === 'Windows');
  if (!hasWindows || egress.presets.includes('windows')) return [];
  return ['Without the preset "windows" the firewall keeps Windows nodes from their updates and their licence.'];
}

function entraWarnings({ cluster: { entra } }: EnvironmentSpec): readonly string[] {
  if (entra === undefined || entra.azureRbac) return [];
  return [
    'Without Azure RBAC the app lists services as a member of one of the groups of administrators, or by a ClusterRoleBinding: give its identity either, or nothing is published.',
  ];
}

/** What the presets say by name in network rules, where the firewall has no DNS proxy to resolve it. */
function leftOutWarnings(spec: EnvironmentSpec): readonly string[] {
  const place = { location: spec.location, subnetPrefix: spec.network.clusterSubnet.prefix };
  const rules = spec.egress.presets.flatMap(
    (name) => egressCatalogue[name].network?.(place, cloudOf(spec.location)) ?? [],
  );
  const leftOut = rules.filter((rule) => !isEnforceable(spec)(rule));
  if (leftOut.length === 0) return [];
  const told = leftOut.map(({ name, fqdns = [] }) => `${name} (${fqdns.join(', ')})`).join('; ');
  return [`Without DNS proxy the firewall resolves no names in network rules, so these rules are left out: ${told}.`];
}

function resolverWarnings(actual: ActualResources, resources: readonly ResourceChange[]): readonly string[] {
  const changed = resources.some(
    ({ kind, differences }) =>
      kind === 'virtualNetwork' && differences.some(({ path }) => path.endsWith('dhcpOptions.dnsServers')),
  );
  const stands = [actual, ...Object.values(actual.furtherClusters ?? {})].some(({ cluster }) => cluster !== undefined);
  if (!stands || !changed) return [];
  return ['Running nodes keep the old DNS servers until they restart or renew their lease.'];
}

function apiServerWarnings(
  view: EnvironmentSpec,
  { cluster }: ActualResources,
  resources: readonly ResourceChange[],
): readonly string[] {
  if (view.cluster.private) return [];
  const clusterId = resourceIds(view).cluster;
  const modified = resources.some(({ id, action }) => id === clusterId && action === 'modify');
  if (cluster === undefined || !modified || clusterFacts(cluster).authorizedRanges.length > 0) return [];
  const whose = view.clusters === undefined ? '' : ` of ${view.cluster.name}`;
  return [`The API server${whose} is open to the Internet now and will take the authorized ranges only.`];
}
