import { sameId } from '../shared/actual/compare.ts';
import { clusterViews } from '../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { resourceIds, ruleCollectionGroupId } from '../shared/model/names.ts';
import type { StepName, StepStatus } from '../shared/model/step.ts';
import { clusterStep } from '../shared/plan/clusterSteps.ts';
import { provisioningGraph } from '../shared/plan/provisioningGraph.ts';
import { criticalPath } from '../shared/plan/stepOrder.ts';
import type { Step } from '../shared/plan/step.ts';

/** One line of local Azure's request log, as far as it is used here. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly write: boolean;
  readonly resourceId?: string;
  readonly operationSeconds?: number;
}

/** What a creation cost, in Azure time and in requests. */
export interface CreationFigures {
  /** From the first step's start to the last one's end. */
  readonly azureSeconds: number;
  /** The longest chain of Azure's own work in the graph: no order of the same writes can be faster. */
  readonly criticalPathSeconds: number;
  readonly firewallWrites: number;
  readonly armWrites: number;
  readonly armReads: number;
}

/** Reads the request log of a local Azure. */
export async function requestLog(azureOrigin: string): Promise<LoggedRequest[]> {
  const response = await fetch(`${azureOrigin}/_local/requests`);
  return ((await response.json()) as { requests: LoggedRequest[] }).requests;
}

/** Works out what a creation cost from its steps and from local Azure's request log. */
export function creationFigures(
  spec: EnvironmentSpec,
  steps: readonly StepStatus[],
  log: readonly LoggedRequest[],
): CreationFigures {
  const requests = log.filter(({ path }) => /^\/subscriptions\//i.test(path));
  const writes = requests.filter(({ write, status }) => write && status < 300);
  return {
    azureSeconds: round(elapsedSeconds(steps)),
    criticalPathSeconds: round(criticalPath(provisioningGraph(spec), secondsOfSteps(spec, writes)).seconds),
    firewallWrites: writes.filter(({ resourceId }) => sameId(resourceId ?? '', resourceIds(spec).firewall)).length,
    armWrites: writes.length,
    armReads: requests.filter(({ write }) => !write).length,
  };
}

function elapsedSeconds(steps: readonly StepStatus[]): number {
  const times = (pick: (step: StepStatus) => string | undefined) =>
    steps
      .map(pick)
      .filter((time) => time !== undefined)
      .map((time) => Date.parse(time));
  return (Math.max(...times((step) => step.finishedAt)) - Math.min(...times((step) => step.startedAt))) / 1000;
}

/** How long Azure worked on each step's write; two steps that write one resource write it in the graph's order. */
function secondsOfSteps(spec: EnvironmentSpec, writes: readonly LoggedRequest[]): (step: Step) => number {
  const ids = resourceIds(spec);
  const written: Readonly<Partial<Record<StepName, readonly [string, number]>>> = {
    resourceGroup: [ids.resourceGroup, 0],
    virtualNetwork: [ids.virtualNetwork, 0],
    publicIpPrefixes: [ids.publicIpPrefix, 0],
    publicIp: [ids.publicIp, 0],
    routeTable: [ids.routeTable, 0],
    firewallPolicy: [ids.firewallPolicy, 0],
    ruleCollectionGroup: [ruleCollectionGroupId(ids.firewallPolicy, spec.name), 0],
    firewall: [ids.firewall, 0],
    routes: [ids.routeTable, 1],
    networkRouting: [ids.virtualNetwork, 1],
    ...Object.fromEntries(
      clusterViews(spec).map((view) => [clusterStep('cluster', view), [resourceIds(view).cluster, 0]]),
    ),
  };
  return ({ name }) => {
    const [id, nth] = written[name] ?? ['', 0];
    return writes.filter(({ resourceId }) => sameId(resourceId ?? '', id))[nth]?.operationSeconds ?? 0;
  };
}

const round = (seconds: number) => Math.round(seconds * 10) / 10;
