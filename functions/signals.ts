import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import * as z from 'zod';
import { existingLane, signalLane } from './http/laneClient.ts';
import { httpProblem, invalidRequest } from './http/problem.ts';
import { accepted, bodyText } from './http/message.ts';

/** POST /environments/{name}/retry: goes on where it stopped; where nothing has failed, nothing happens. */
export async function retryEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await existingLane(client, name);
  await signalLane(client, lane, { kind: 'retry', id: randomUUID(), time: new Date().toISOString() });
  return accepted(request, name, lane.shown);
}

/** POST /environments/{name}/sync: looks now instead of at the next event or timer. */
export async function syncEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await existingLane(client, name);
  await signalLane(client, lane, {
    kind: 'sync',
    id: randomUUID(),
    time: new Date().toISOString(),
    reason: 'manual',
  });
  return accepted(request, name, lane.shown);
}

/** POST /environments/{name}/release: forgets the environment, and leaves everything in Azure as it is. */
export async function releaseEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await existingLane(client, name);
  if (lane.state.graph === 'teardown') {
    const detail = `Environment ${name} is being deleted; it can't be left as it is any more.`;
    throw httpProblem('being-deleted', detail, { slots: { name } });
  }
  await signalLane(client, lane, { kind: 'release', id: randomUUID(), time: new Date().toISOString() });
  return accepted(request, name, lane.shown);
}

/** The body of an approval. */
export const approvalSchema = z.strictObject({ plan: z.string() });

/** POST /environments/{name}/approve: releases exactly the deletions whose hash is given. */
export async function approveEnvironment(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const name = request.params['name'] ?? '';
  const lane = await existingLane(client, name);
  const parsed = approvalSchema.safeParse(parseJson(await bodyText(request)));
  const held = lane.status?.sync?.report?.held;
  if (!parsed.success) {
    throw invalidRequest([
      {
        path: 'plan',
        message: 'must be the hash of the held deletions',
        remedy: 'Send { "plan": "<hash>" } as GET /api/environments/{name} shows it.',
      },
    ]);
  }
  if (held?.hash !== parsed.data.plan) {
    const detail =
      held === undefined ? `Nothing is held in ${name}.` : `The held plan is ${held.hash}, not ${parsed.data.plan}.`;
    throw httpProblem('held-plan-changed', detail, { slots: { name } });
  }
  await signalLane(client, lane, {
    kind: 'approve',
    id: randomUUID(),
    time: new Date().toISOString(),
    plan: held.hash,
  });
  return accepted(request, name, lane.shown);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is wrong with it, the answer names the field that is wanted.
    return undefined;
  }
}
