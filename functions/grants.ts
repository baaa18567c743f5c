import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { accessLaneId } from '../orchestrations/accessState.ts';
import { parseGrant } from '../shared/plan/grants.ts';
import { accepted } from './environments.ts';
import { findAccessState, liveLane, signalLane } from './http/laneClient.ts';
import { HttpProblem, invalidRequest } from './http/problem.ts';
import { bodyText, route } from './http/route.ts';

/** Registers the functions that let developers reach the API server, for a while or until revoked. */
export function registerGrants(): void {
  route('grantAccess', ['PUT'], 'environments/{name}/grants/{label}', grantAccess);
  route('revokeAccess', ['DELETE'], 'environments/{name}/grants/{label}', revokeAccess);
}
