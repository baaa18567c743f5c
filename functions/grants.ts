import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { GrantedAnswer } from '../shared/answers.ts';
import { restrictedClustersOf } from '../shared/model/clusters.ts';
import type { DeveloperGrant } from '../shared/model/environmentSpec.ts';
import { parseGrant } from '../shared/model/grant.ts';
import { MAX_AUTHORIZED_RANGES } from '../shared/plan/rangePlan.ts';
import { type AccessLane, existingLane, findAccessLanes, signalAccessLanes } from './http/laneClient.ts';
import { httpProblem, invalidRequest } from './http/problem.ts';
import { accepted, bodyText, json } from './http/message.ts';

/** PUT /environments/{name}/grants/{label}: `{ "cidr": …, "expires": … }`; the same label again replaces the grant. */
export async function grantAccess(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, grants, ranges } = await accessOf(request, client);
  const body = parsed(await bodyText(request));
  const label = request.params['label'] ?? '';
  if (spec.access.developers.some((developer) => developer.label === label)) {
    throw invalidRequest([
      { path: 'label', message: `"${label}" is granted by the spec`, remedy: 'Choose another label.' },
    ]);
  }
  const result = parseGrant(
    { ...body, ...('cidr' in body && body.cidr === 'auto' && { cidr: callerAddress(request) }), label },
    {
      now: new Date(),
      ranges,
      maxRanges: MAX_AUTHORIZED_RANGES,
      grants: grants.filter((other) => other.label !== label),
    },
  );
  if (!result.ok) throw invalidRequest(result.problems);
  await signalAccessLanes(client, spec, {
    kind: 'grant',
    id: randomUUID(),
    time: new Date().toISOString(),
    ...result.grant,
  });
  const answer = accepted(request, spec.name, 'ready');
  return result.coveredBy === undefined
    ? answer
    : json<GrantedAnswer>(202, { name: spec.name, ...result.grant, coveredBy: result.coveredBy });
}

/**
 * Where the caller comes from, as Azure's front end has seen it: it adds `address:port` at the end of X-Forwarded-For, and what stands
 * before that is the caller's own word.
 *
 * @throws HttpProblem 400 where nothing tells, or only an IPv6 address, which no authorized range can be
 */
function callerAddress(request: HttpRequest): string {
  const last = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  const address = last?.replace(/:\d+$/, '') ?? '';
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return address;
  const seen = address === '' ? 'the app does not see where the request comes from' : `${address} is no IPv4 address`;
  throw invalidRequest([{ path: 'cidr', message: seen, remedy: 'Give the address itself, such as 203.0.113.7.' }]);
}

/** DELETE /environments/{name}/grants/{label} */
export async function revokeAccess(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, grants } = await accessOf(request, client);
  const label = request.params['label'] ?? '';
  if (!grants.some((grant) => grant.label === label)) {
    const inSpec = spec.access.developers.some((developer) => developer.label === label);
    const { name } = spec;
    const detail = inSpec
      ? `"${label}" is granted by the spec of ${name}.`
      : `There is no grant "${label}" in ${name}.`;
    throw httpProblem('grant-not-found', detail, { slots: { name } });
  }
  await signalAccessLanes(client, spec, {
    kind: 'revoke',
    id: randomUUID(),
    time: new Date().toISOString(),
    label,
  });
  return accepted(request, spec.name, 'ready');
}

async function accessOf(request: HttpRequest, client: DurableClient) {
  const { state } = await existingLane(client, request.params['name'] ?? '');
  const clusters = restrictedClustersOf(state.spec);
  if (clusters.length === 0) {
    throw httpProblem(
      'private-cluster',
      `The API server of ${state.spec.name} has no address on the Internet, and so no ranges that may reach it.`,
    );
  }
  const lanes = await findAccessLanes(client, state.spec);
  if (lanes.length < clusters.length) {
    const { name } = state.spec;
    if (state.readyAt === undefined)
      throw httpProblem('not-ready', `Environment ${name} has no cluster yet to let anybody into.`);
    throw httpProblem('not-ready', `Nobody keeps the authorized ranges of ${name} right now; no grant is lost.`, {
      remedy: `The next sync starts their lane again: ask for one of ${name}, then try again.`,
    });
  }
  return { spec: state.spec, ...grantedIn(lanes) };
}

/** What holds for every cluster: grants are given to all of them, and the fullest list is the one that may overflow. */
function grantedIn(lanes: readonly AccessLane[]): {
  readonly grants: readonly DeveloperGrant[];
  readonly ranges: readonly string[];
} {
  const byLabel = new Map(lanes.flatMap(({ state }) => state.grants.map((grant) => [grant.label, grant])));
  const lists = lanes.map(({ state }) => state.lastLook?.ranges ?? []);
  return { grants: [...byLabel.values()], ranges: lists.toSorted((a, b) => b.length - a.length)[0] ?? [] };
}

/** @throws HttpProblem 400 for what is no JSON object */
function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, without the parser's words: they quote what was sent.
  }
  throw invalidRequest([
    {
      path: '',
      message: 'the body must be a JSON object',
      remedy: 'Send { "cidr": "203.0.113.7/32", "expires": "2030-01-31T18:00:00Z" }; expires may be left out.',
    },
  ]);
}
