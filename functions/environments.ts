import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { AccessState } from '../orchestrations/accessState.ts';
import { resourceIds } from '../shared/model/names.ts';
import { preflight } from '../shared/observe/preflight.ts';
import {
  alreadyExists,
  existingLane,
  findAccessState,
  findLane,
  listLanes,
  notFound,
  REMEDY_UNREADABLE,
  signalLane,
  startLane,
} from './http/laneClient.ts';
import { HttpProblem, invalidRequest } from './http/problem.ts';
import { json, route } from './http/route.ts';
import { specFrom } from './http/spec.ts';

/** Registers the functions that start, list, show and delete environments. */
export function registerEnvironments(): void {
  route('startEnvironment', ['POST'], 'environments', startEnvironment);
  route('listEnvironments', ['GET'], 'environments', listEnvironments);
  route('showEnvironment', ['GET'], 'environments/{name}', showEnvironment);
  route('deleteEnvironment', ['DELETE'], 'environments/{name}', deleteEnvironment);
}

/** POST /environments: everything that can be found wrong is found here, before anything is started. */
async function startEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const spec = await specFrom(request);
  const lane = await findLane(client, spec.name);
  if (lane?.live || lane?.broken) throw alreadyExists(spec.name);
  const { foreign, blocked } = await preflight(spec);
  if (foreign.length > 0) {
    throw new HttpProblem(
      409,
      'foreign-resource',
      'A wanted name is taken',
      foreign.map(({ message }) => message).join(' '),
      foreign[0]?.remedy ?? '',
      foreign,
    );
  }
  if (blocked.length > 0) throw invalidRequest(blocked);
  await startLane(client, spec);
  return accepted(request, spec.name, 'provisioning');
}

async function listEnvironments(_request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const lanes = await listLanes(client);
  return json(200, {
    environments: lanes.map((lane) =>
      'unreadable' in lane
        ? { name: lane.name, state: 'unreadable', detail: lane.unreadable, remedy: REMEDY_UNREADABLE }
        : {
            name: lane.name,
            state: lane.shown,
            location: lane.state.spec.location,
            subscription: lane.state.spec.subscription,
            createdAt: lane.createdAt,
            updatedAt: lane.updatedAt,
          },
    ),
  });
}

async function showEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await findLane(client, name);
  if (lane === undefined) throw notFound(name);
  const { state, status } = lane;
  const access = lane.live ? await findAccessState(client, state.spec) : undefined;
  return json(200, {
    name,
    state: lane.shown,
    since: status?.since ?? lane.createdAt,
    createdAt: lane.createdAt,
    updatedAt: lane.updatedAt,
    ...(state.readyAt === undefined ? {} : { readyAt: state.readyAt }),
    steps: status?.steps ?? [],
    counts: status?.counts,
    ...(status?.sync === undefined ? {} : { sync: status.sync }),
    ...(access === undefined ? {} : { access: shownAccess(access) }),
    findings: status?.findings ?? [],
    resources: resourceIds(state.spec),
    spec: state.spec,
  });
}

/** Who is let into the API server, and how the lane that sees to it is. */
const shownAccess = ({ phase, grants, lastLook, leftOut, problem = leftOut }: AccessState) => ({
  state: phase === 'waiting' ? 'waiting' : 'working',
  grants,
  ...(lastLook === undefined ? {} : { lastLook: lastLook.time, ranges: lastLook.ranges }),
  ...(problem === undefined ? {} : { problem }),
});

/** DELETE /environments/{name}[?force=true]: tears down what is owned, and nothing else. */
async function deleteEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const force = request.query.get('force') ?? 'false';
  if (force !== 'true' && force !== 'false') {
    throw invalidRequest([
      { path: 'force', message: `must be true or false, not "${force}"`, remedy: 'Leave it out, or send force=true.' },
    ]);
  }
  const lane = await existingLane(client, name);
  await signalLane(client, lane, {
    kind: 'delete',
    id: randomUUID(),
    time: new Date().toISOString(),
    force: force === 'true',
  });
  // The lane hears it within a minute; until then its state is what it was.
  return accepted(request, name, lane.shown);
}

/** 202 with the place to look at. */
export function accepted(request: HttpRequest, name: string, state: string): HttpResponseInit {
  const { origin, pathname } = new URL(request.url);
  const api = pathname.slice(0, pathname.indexOf('/environments'));
  const location = `${origin}${api}/environments/${encodeURIComponent(name)}`;
  return json(202, { name, state, location }, { location, 'retry-after': '5' });
}
