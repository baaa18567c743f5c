import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { parseGrant } from '../shared/plan/grants.ts';
import { accepted } from './environments.ts';
import { existingLane, findAccessState, signalAccessLane } from './http/laneClient.ts';
import { HttpProblem, invalidRequest } from './http/problem.ts';
import { bodyText, json, route } from './http/route.ts';

/** Registers the functions that let developers reach the API server, for a while or until revoked. */
export function registerGrants(): void {
  route('grantAccess', ['PUT'], 'environments/{name}/grants/{label}', grantAccess);
  route('revokeAccess', ['DELETE'], 'environments/{name}/grants/{label}', revokeAccess);
}

/** PUT /environments/{name}/grants/{label}: `{ "cidr": …, "expires": … }`; the same label again replaces the grant. */
async function grantAccess(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, lane } = await accessOf(request, client);
  const body = parsed(await bodyText(request));
  const label = request.params['label'];
  const current = lane.lastLook?.ranges ?? [];
  const result = parseGrant({ ...body, label }, { spec, current, now: new Date() });
  if (!result.ok) throw invalidRequest(result.problems);
  await signalAccessLane(client, spec, {
    kind: 'grant',
    id: randomUUID(),
    time: new Date().toISOString(),
    ...result.grant,
  });
  const answer = accepted(request, spec.name, 'ready');
  return result.coveredBy === undefined
    ? answer
    : json(202, { name: spec.name, ...result.grant, coveredBy: result.coveredBy });
}

/** DELETE /environments/{name}/grants/{label} */
async function revokeAccess(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, lane } = await accessOf(request, client);
  const label = request.params['label'] ?? '';
  if (!lane.grants.some((grant) => grant.label === label)) {
    const inSpec = spec.access.developers.some((developer) => developer.label === label);
    throw new HttpProblem(
      404,
      'grant-not-found',
      'No such grant',
      inSpec ? `"${label}" is granted by the spec of ${spec.name}.` : `There is no grant "${label}" in ${spec.name}.`,
      inSpec ? 'Take it out of the spec.' : `GET /api/environments/${spec.name} lists those that exist.`,
    );
  }
  await signalAccessLane(client, spec, {
    kind: 'revoke',
    id: randomUUID(),
    time: new Date().toISOString(),
    label,
  });
  return accepted(request, spec.name, 'ready');
}

async function accessOf(request: HttpRequest, client: DurableClient) {
  const { state } = await existingLane(client, request.params['name'] ?? '');
  const lane = await findAccessState(client, state.spec);
  if (lane === undefined) {
    throw new HttpProblem(
      409,
      'not-ready',
      'The cluster is not there yet',
      `Environment ${state.spec.name} has no cluster yet to let anybody into.`,
      'Try again once the environment is ready.',
    );
  }
  return { spec: state.spec, lane };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Whatever is wrong with it, the answer names the fields that are wanted.
    return {};
  }
}
