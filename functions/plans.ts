import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { Preview } from '../shared/answers.ts';
import { previewOf } from '../shared/observe/preview.ts';
import { renderPreview } from '../shared/plan/preview.ts';
import { withPublications } from '../shared/plan/previewedPublications.ts';
import { existingLane, type Lane } from './http/laneClient.ts';
import { lookIfReady } from './http/look.ts';
import { bodyText, json, prefersText, text } from './http/message.ts';
import { specFrom } from './http/spec.ts';
import { newSpecOf, previewed } from './specs.ts';

/** POST /plans: what starting this spec would do. */
export const planSpec = async (request: HttpRequest): Promise<HttpResponseInit> =>
  shown(request, await previewOf(await specFrom(request)));

/** POST /environments/{name}/plan: what would have to change now; with a spec in the body, for that spec. */
export async function planEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const lane = await existingLane(client, request.params['name'] ?? '');
  const body = await bodyText(request);
  return body.trim() === ''
    ? shown(request, await previewNow(lane))
    : previewed(request, lane, newSpecOf(lane, body, request));
}

/** Resources and, once there is a firewall to publish them on, services. */
async function previewNow(lane: Lane): Promise<Preview> {
  const { spec, readyAt } = lane.state;
  const [preview, looked] = await Promise.all([previewOf(spec), readyAt === undefined ? undefined : lookIfReady(lane)]);
  return looked === undefined ? preview : withPublications(preview, looked.publications, spec);
}

/** JSON, or text for people by `Accept: text/plain`. */
const shown = (request: HttpRequest, preview: Preview): HttpResponseInit =>
  prefersText(request) ? text(renderPreview(preview)) : json<Preview>(200, preview);
