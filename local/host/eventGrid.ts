import * as z from 'zod';
import type { AppFunction } from './app.ts';
import type { HostRequest, HostResponse } from './httpServer.ts';
import { BadRequestError, headerOf, json, jsonBody } from './httpServer.ts';
import type { RunTrigger } from './httpTriggers.ts';

/** Compared without case, as the Functions host does. */
export const EVENT_GRID_PATH = '/runtime/webhooks/eventgrid';

const validationEvent = z.object({ data: z.object({ validationCode: z.string() }) });
const validationRequest = z.union([z.array(validationEvent).min(1), validationEvent.transform((event) => [event])]);

/**
 * The webhook of the Event Grid extension, which takes both schemas: the subscription's handshake and deliveries say in
 * `aeg-event-type` what they are, CloudEvents ask by OPTIONS before they come.
 *
 * Every event of a delivery is one invocation. When one fails the answer is 500 and the sender delivers them all again.
 */
export async function handleEventGrid(
  request: HostRequest,
  functions: ReadonlyMap<string, AppFunction>,
  run: RunTrigger,
): Promise<HostResponse> {
  const name = request.url.searchParams.get('functionName') ?? '';
  const fn = functions.get(name);
  if (fn?.trigger.type !== 'eventGridTrigger') return { status: 404, body: `cannot find function: '${name}'` };
  if (request.method === 'OPTIONS') return abuseProtection(request);
  if (request.method !== 'POST') return { status: 404 };
  switch (headerOf(request, 'aeg-event-type')?.toLowerCase()) {
    case 'subscriptionvalidation':
      return json(200, { validationResponse: validationCode(request) });
    case 'notification':
      return deliver(fn, eventsOf(request), run);
    case 'unsubscribe':
      return { status: 202 };
    default:
      return { status: 400 };
  }
}

/** The handshake of CloudEvents webhooks: who asks may deliver if it is Event Grid, of any of its clouds. */
function abuseProtection(request: HostRequest): HostResponse {
  const origin = headerOf(request, 'webhook-request-origin') ?? '';
  const allowed = /^eventgrid\.azure\.(net|us|cn)$/.test(origin) ? origin : 'eventgrid.azure.net';
  return { status: 200, headers: { 'webhook-allowed-origin': allowed } };
}

function validationCode(request: HostRequest): string {
  const parsed = validationRequest.safeParse(jsonBody(request));
  const code = parsed.data?.[0]?.data.validationCode;
  if (code === undefined) throw new BadRequestError('A subscription validation needs data.validationCode.');
  return code;
}

function eventsOf(request: HostRequest): Record<string, unknown>[] {
  const body = jsonBody(request);
  const events: unknown[] = Array.isArray(body) ? body : [body];
  return events.map((event) => {
    if (typeof event !== 'object' || event === null) throw new BadRequestError('An event must be a JSON object.');
    return event as Record<string, unknown>;
  });
}

async function deliver(fn: AppFunction, events: Record<string, unknown>[], run: RunTrigger): Promise<HostResponse> {
  const results = await Promise.allSettled(
    events.map((event) =>
      run(fn, { string: JSON.stringify(event) }, { data: { json: JSON.stringify(event['data'] ?? null) } }),
    ),
  );
  const failed = results.find((result) => result.status === 'rejected');
  return failed === undefined ? { status: 202 } : { status: 500, body: String(failed.reason) };
}
