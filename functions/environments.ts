import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { shownGraph, type LaneState } from '../orchestrations/laneState.ts';
import type { EnvironmentAnswer, EnvironmentsAnswer, EnvironmentSummary, ShownStep } from '../shared/answers.ts';
import { clustersOf, clusterView } from '../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { widerRange } from '../shared/model/grant.ts';
import { resourceIds } from '../shared/model/names.ts';
import type { StepStatus } from '../shared/model/step.ts';
import {
  alreadyExists,
  existingLane,
  findAccessLanes,
  findLane,
  listLanes,
  notFound,
  signalLane,
  startLane,
  type AccessLane,
  type Lane,
} from './http/laneClient.ts';
import { accepted, flag, json } from './http/message.ts';
import { problemKinds } from '../shared/model/problemKinds.ts';
import { specFrom } from './http/spec.ts';
import { startable } from './http/startable.ts';

/** POST /environments: everything that can be found wrong is found here, before anything is started. */
export async function startEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const spec = await specFrom(request);
  const lane = await findLane(client, spec.name);
  if (lane?.live || lane?.broken) throw alreadyExists(spec.name);
  await startLane(client, await startable(client, spec));
  return accepted(request, spec.name, 'provisioning');
}

export async function listEnvironments(_request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const lanes = await listLanes(client);
  return json<EnvironmentsAnswer>(200, {
    environments: lanes.map((lane) =>
      'unreadable' in lane
        ? {
            name: lane.name,
            state: 'unreadable',
            detail: lane.unreadable,
            remedy: problemKinds['environment-unreadable'].remedy,
          }
        : {
            name: lane.name,
            state: lane.shown,
            location: lane.state.spec.location,
            subscription: lane.state.spec.subscription,
            createdAt: lane.createdAt,
            updatedAt: lane.updatedAt,
            ...(lane.state.readyAt === undefined ? {} : { readyAt: lane.state.readyAt }),
            isAdopted: lane.state.spec.adopt !== undefined,
            ...summaryOf(lane),
          },
    ),
  });
}

export async function showEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await findLane(client, name);
  if (lane === undefined) throw notFound(name);
  const { state, status } = lane;
  const access = lane.live ? await findAccessLanes(client, state.spec) : [];
  return json<EnvironmentAnswer>(200, {
    name,
    state: lane.shown,
    since: status?.since ?? lane.createdAt,
    createdAt: lane.createdAt,
    updatedAt: lane.updatedAt,
    ...(state.readyAt === undefined ? {} : { readyAt: state.readyAt }),
    ...(state.specChangedAt === undefined ? {} : { specChangedAt: state.specChangedAt }),
    steps: shownSteps(state, status?.steps ?? []),
    ...(status === undefined ? {} : { counts: status.counts }),
    ...(status?.sync === undefined ? {} : { sync: status.sync }),
    history: state.history ?? [],
    clusters: shownClusters(state.spec),
    ...shownAccess(access),
    findings: status?.findings ?? [],
    resources: resourceIds(state.spec),
    spec: state.spec,
    ...(state.nextSpec === undefined ? {} : { nextSpec: state.nextSpec }),
    ...(state.approved === undefined ? {} : { approved: state.approved }),
  });
}

/** What somebody who looks over many environments wants to know of each. */
function summaryOf({ status }: Lane): Partial<EnvironmentSummary> {
  if (status === undefined) return {};
  const { since, counts, sync } = status;
  const { stepsDone, stepsTotal, publications } = counts;
  const { drift = [], held, problems = [] } = sync?.report ?? {};
  return {
    since,
    stepsDone,
    stepsTotal,
    publications,
    drift: drift.length,
    held: held?.rules ?? 0,
    problems: problems.length + (sync?.lastResult === 'failed' ? 1 : 0),
  };
}

/** The steps with what their graph knows of them: titles for people, what each waits for, and how long it takes, in seconds. */
function shownSteps(state: LaneState, steps: readonly StepStatus[]): readonly ShownStep[] {
  const graph = new Map(shownGraph(state).map((step) => [step.name, step]));
  return steps.map((step) => {
    const known = graph.get(step.name);
    if (known === undefined) return step;
    const { title, expectedSeconds, after } = known;
    return { ...step, title, expectedSeconds, after };
  });
}

/** The clusters behind the firewall, with the subnets of their nodes. */
function shownClusters(spec: EnvironmentSpec): EnvironmentAnswer['clusters'] {
  const ownOf = (name: string) => {
    const view = clusterView(spec, name);
    const { clusterSubnet, routeTable } = resourceIds(view);
    return [{ id: clusterSubnet, prefixes: [view.network.clusterSubnet.prefix], routeTable }];
  };
  return clustersOf(spec).map(({ name, id, isPrivate }) => {
    const adopted = spec.adopt?.found?.clusters.find((cluster) => cluster.id === id);
    return {
      name,
      id,
      isPrivate,
      isAdopted: adopted !== undefined,
      subnets: adopted?.subnets ?? ownOf(name),
    };
  });
}

/** Who is let into the API servers, and how the lanes that see to it are; of several clusters each on its own as well. */
function shownAccess(lanes: readonly AccessLane[]): Pick<EnvironmentAnswer, 'access'> {
  const shown = lanes.map(({ cluster, state: { phase, grants, lastLook, leftOut, problem = leftOut } }) => ({
    cluster,
    state: phase === 'waiting' ? ('waiting' as const) : ('working' as const),
    grants: grants.map((grant) => {
      const coveredBy = widerRange(grant, lastLook?.ranges ?? []);
      return coveredBy === undefined ? grant : { ...grant, coveredBy };
    }),
    ...(lastLook === undefined ? {} : { lastLook: lastLook.time, ranges: lastLook.ranges }),
    ...(problem === undefined ? {} : { problem }),
  }));
  const [first] = shown;
  if (first === undefined) return {};
  const { cluster: _name, ...access } = first;
  if (shown.length === 1) return { access };
  const state = shown.every((one) => one.state === 'waiting') ? 'waiting' : 'working';
  const problem = shown.find((one) => 'problem' in one)?.problem;
  return { access: { state, grants: first.grants, ...(problem === undefined ? {} : { problem }), clusters: shown } };
}

/** DELETE /environments/{name}[?force=true]: tears down what is owned, and nothing else. */
export async function deleteEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const force = flag(request, 'force');
  const lane = await existingLane(client, name);
  await signalLane(client, lane, {
    kind: 'delete',
    id: randomUUID(),
    time: new Date().toISOString(),
    force,
  });
  // The lane hears it within a minute; until then its state is what it was.
  return accepted(request, name, lane.shown);
}
