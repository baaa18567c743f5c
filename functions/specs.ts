import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { changesFor } from '../orchestrations/specUpdate.ts';
import type { Preview } from '../shared/answers.ts';
import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { adopt } from '../shared/observe/adopt.ts';
import { previewOf } from '../shared/observe/preview.ts';
import { renderPreview } from '../shared/plan/preview.ts';
import { refusedChanges, type SpecChange } from '../shared/plan/specChanges/specChange.ts';
import { existingLane, signalLane, type Lane } from './http/laneClient.ts';
import { httpProblem, invalidRequest, type HttpProblem } from './http/problem.ts';
import { accepted, bodyText, flag, json, prefersText, text } from './http/message.ts';
import { specIn } from './http/spec.ts';
import { startable } from './http/startable.ts';

/** PUT /environments/{name}/spec[?preview=true]: the whole spec, as in a start; the lane takes it up after what it is at. */
export async function updateSpec(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const preview = flag(request, 'preview');
  const lane = await existingLane(client, request.params['name'] ?? '');
  const asked = newSpecOf(lane, await bodyText(request), request);
  if (preview) return previewed(request, lane, asked);
  if (lane.state.graph === 'teardown') throw beingDeleted(lane.name);
  // What is refused whatever Azure says is told first; an adoption's ids have to be looked up to tell.
  refuseChanges(lane, asked);
  const spec = await startable(client, asked);
  refuseChanges(lane, spec);
  await signalLane(client, lane, { kind: 'spec', id: randomUUID(), time: new Date().toISOString(), spec });
  return accepted(request, lane.name, lane.shown);
}

/** @throws HttpProblem 400 with every field that can't be changed in place */
function refuseChanges(lane: Lane, spec: EnvironmentSpec): void {
  // Until the ids are looked up, what was found by them says nothing.
  if (lane.state.spec.adopt !== undefined && spec.adopt !== undefined && spec.adopt.found === undefined) return;
  const refused = refusedChanges(specChangesOf(lane, spec));
  if (refused.length > 0) throw invalidRequest(refused);
}

/** What the environment would have to change for a new spec, property by property, and what of the spec is refused. */
export async function previewed(request: HttpRequest, lane: Lane, spec: EnvironmentSpec): Promise<HttpResponseInit> {
  const adopted = await adopt(spec);
  const changes = specChangesOf(lane, adopted?.spec ?? spec);
  const preview = { ...(await previewOf(spec)), changes };
  return prefersText(request) ? text(renderPreview(preview)) : json<Preview>(200, preview);
}

const specChangesOf = ({ state, shown }: Lane, spec: EnvironmentSpec): readonly SpecChange[] =>
  changesFor(state, shown === 'failed', spec);

/** The spec in the body, which has to be this environment's. @throws HttpProblem 400 with every problem */
export function newSpecOf({ name }: Lane, body: string, request: HttpRequest): EnvironmentSpec {
  const spec = specIn(body, request);
  if (spec.name === name) return spec;
  throw invalidRequest([
    {
      path: 'name',
      message: `the spec is of "${spec.name}", and the environment is ${name}: a name stays`,
      remedy: `Send it to /api/environments/${spec.name}/spec, or give name: ${name}.`,
    },
  ]);
}

const beingDeleted = (name: string): HttpProblem =>
  httpProblem('being-deleted', `Environment ${name} is being torn down; it takes no other spec.`, { slots: { name } });
