import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { accepted } from './environments.ts';
import { existingLane, signalLane } from './http/laneClient.ts';
import { route } from './http/route.ts';

/** Registers the functions that only tell a lane something. */
export function registerSignals(): void {
  route('retryEnvironment', ['POST'], 'environments/{name}/retry', retryEnvironment);
}

/** POST /environments/{name}/retry: goes on where it stopped; where nothing has failed, nothing happens. */
async function retryEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await existingLane(client, name);
  await signalLane(client, lane, { kind: 'retry', id: randomUUID(), time: new Date().toISOString() });
  return accepted(request, name, lane.shown);
}
