import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { previewOf, renderPreview } from '../shared/observe/preview.ts';
import { existingLane } from './http/laneClient.ts';
import { bodyText, json, prefersText, route, text } from './http/route.ts';
import { specFrom } from './http/spec.ts';
import { newSpecOf, previewed } from './specs.ts';

/** Registers the previews: they read, and write nothing. */
export function registerPlans(): void {
  route('planSpec', ['POST'], 'plans', planSpec);
  route('planEnvironment', ['POST'], 'environments/{name}/plan', planEnvironment);
}

/** POST /plans: what starting this spec would do. */
const planSpec = async (request: HttpRequest): Promise<HttpResponseInit> => planned(request, await specFrom(request));

/** POST /environments/{name}/plan: what would have to change now; with a spec in the body, for that spec. */
async function planEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const lane = await existingLane(client, request.params['name'] ?? '');
  const body = await bodyText(request);
  return body.trim() === ''
    ? planned(request, lane.state.spec)
    : previewed(request, lane, newSpecOf(lane, body, request));
}

/** JSON, or text for people by `Accept: text/plain`. */
async function planned(request: HttpRequest, spec: EnvironmentSpec): Promise<HttpResponseInit> {
  const preview = await previewOf(spec);
  return prefersText(request) ? text(renderPreview(preview)) : json(200, preview);
}
