import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { nameOf, type SyncObservation } from '../orchestrations/activities/syncObservation.ts';
import type { DriftAnswer, ServicesAnswer } from '../shared/answers.ts';
import { clusterView } from '../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { probeConnectivity } from '../shared/observe/connectivity.ts';
import { driftCauses } from '../shared/observe/driftCauses.ts';
import type { ObservedServices } from '../shared/observe/services.ts';
import { clusterFindings } from '../shared/plan/drift/clusterDrift.ts';
import { coverageFindings } from '../shared/plan/drift/egressChecks.ts';
import { driftFindings } from '../shared/plan/drift/driftChecks.ts';
import type { ClusterRanges } from '../shared/plan/drift/comparison.ts';
import { explainService, type Explanation } from '../shared/plan/explain.ts';
import { natRuleView } from '../shared/plan/ruleHolder.ts';
import { planRanges } from '../shared/plan/rangePlan.ts';
import { settings } from '../shared/settings.ts';
import { existingLane, findAccessLanes, type Lane } from './http/laneClient.ts';
import { look } from './http/look.ts';
import { httpProblem } from './http/problem.ts';
import { json } from './http/message.ts';

const PROBE_DEADLINE_SECONDS = 5;
/** A service with more ports is probed on its first ones only. */
const MAX_PROBES = 10;

const laneOf = (request: HttpRequest, client: DurableClient): Promise<Lane> =>
  existingLane(client, request.params['name'] ?? '');

/** GET /environments/{name}/services */
export async function listServices(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, observed, publications } = await look(await laneOf(request, client));
  const { natRuleCollections: _body, problems, ...shown } = publications;
  return json<ServicesAnswer>(200, {
    name: spec.name,
    policy: spec.ingress.policy,
    frontends: observed.facts.frontends,
    ...shown,
    problems: [...observed.problems.map((message) => ({ code: 'load-balancers-unread', message })), ...problems],
  });
}

/** GET /environments/{name}/services/{namespace}/{service}: each hop from the Internet to the service. */
export async function explain(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, observed, holder, publications } = await look(await laneOf(request, client));
  const { namespace = '', service = '' } = request.params;
  const firewall = natRuleView(spec, holder);
  const explained = { spec, namespace, service, firewall, facts: observed.facts, plan: publications };
  const list = listWith(observed.services, { namespace, service, cluster: request.query.get('cluster') });
  const probes = await probesOf(publications, observed.facts.frontends, namespace, service);
  const explanation = explainService({ ...explained, list, probes });
  if (list.state === 'complete' && !explanation.found) {
    throw httpProblem('service-not-found', explanation.reason ?? `There is no service ${namespace}/${service}.`);
  }
  return json<Explanation>(200, explanation);
}

/**
 * The list of the cluster that is asked for, else of the first that has the service; a list that is not complete may have it.
 *
 * @throws HttpProblem 404 for a cluster that the environment has not
 */
function listWith(
  lists: readonly ObservedServices[],
  { namespace, service, cluster }: { namespace: string; service: string; cluster: string | null },
): ObservedServices {
  const has = ({ services }: ObservedServices) =>
    services.some((one) => one.namespace === namespace && one.name === service);
  const list =
    cluster === null
      ? (lists.find(has) ?? lists.find(({ state }) => state !== 'complete') ?? lists[0])
      : lists.find((one) => one.cluster.toLowerCase() === cluster.toLowerCase());
  if (list !== undefined) return list;
  throw httpProblem('cluster-not-found', `The environment has no cluster "${cluster ?? ''}".`, {
    slots: { clusters: lists.map((one) => one.cluster).join(', ') },
  });
}

/** What a connection to each of a service's publications comes to; only those that stand are tried. */
async function probesOf(
  { unchanged }: SyncObservation['publications'],
  frontends: readonly string[],
  namespace: string,
  service: string,
) {
  const tried = unchanged.filter((one) => one.namespace === namespace && one.service === service).slice(0, MAX_PROBES);
  const answers = await Promise.all(
    tried.map(async ({ rule, ruleName }) => {
      const answer = await probeConnectivity(rule, { frontends, deadlineSeconds: PROBE_DEADLINE_SECONDS });
      return [ruleName, answer] as const;
    }),
  );
  return Object.fromEntries(answers);
}

/** GET /environments/{name}/drift: every difference that a sync would have to write, and who is behind it. */
export async function showDrift(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const lane = await laneOf(request, client);
  const { spec, observed, holder, publications, retired, drift: edits } = await look(lane);
  const findings = driftFindings({
    spec,
    ...observed,
    ...holder,
    frontends: observed.internetRanges,
    publications,
    retired,
    ranges: await rangesOf(client, spec, observed),
    ...(lane.state.catalogue === undefined ? {} : { catalogue: lane.state.catalogue }),
  });
  const { wroteAt, driftSince, readyAt } = lane.state;
  const ofClusters = observed.clusters.flatMap(({ name, cluster }) =>
    cluster === undefined || spec.adopt !== undefined
      ? []
      : clusterFindings(clusterView(spec, name), cluster, observed.nodeRanges),
  );
  const resources = [...findings, ...ofClusters].flatMap(({ check, resource }) =>
    check === 'egressCatalogue' ? [] : [resource],
  );
  const causes = await driftCauses(resources, {
    from: wroteAt ?? readyAt ?? lane.createdAt,
    seen: lane.updatedAt,
  });
  return json<DriftAnswer>(200, {
    name: spec.name,
    action: spec.drift.action,
    inSync: findings.length === 0,
    findings: [...findings, ...ofClusters, ...coverageFindings(spec)].map((finding) => {
      const isOfServices = finding.check === 'dnatRules' && !edits.some(({ what }) => what === finding.what);
      const isEdit = !isOfServices && !['egressCatalogue', 'egressCoverage'].includes(finding.check);
      const cause = !isEdit ? undefined : causes.get(finding.resource.toLowerCase());
      const since = cause?.time ?? driftSince?.[nameOf(finding)];
      return {
        ...finding,
        ...(isOfServices ? { reason: 'services' as const } : {}),
        ...(finding.check === 'egressCatalogue' ? { reason: 'catalogue' as const } : {}),
        ...(finding.check === 'egressCoverage' ? { reason: 'spec' as const } : {}),
        ...(since === undefined ? {} : { since }),
        ...(cause === undefined ? {} : { cause }),
      };
    }),
  });
}

/** How the clusters' ranges differ from what their lanes answer for; nothing is said of one without cluster or lane. */
async function rangesOf(
  client: DurableClient,
  spec: EnvironmentSpec,
  { clusters, nodeRanges: frontends }: SyncObservation['observed'],
): Promise<readonly ClusterRanges[]> {
  const lanes = await findAccessLanes(client, spec);
  const { outboundRanges } = settings();
  return lanes.flatMap(({ cluster: name, state: { grants, ownedRanges } }) => {
    const { id, cluster } = clusters.find((one) => one.name === name) ?? {};
    if (id === undefined || cluster === undefined) return [];
    const now = new Date();
    return [{ id, ...planRanges({ spec, cluster, frontends, outboundRanges, grants, ownedRanges, now }) }];
  });
}
