import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { observeIngress } from '../shared/observe/ingress.ts';
import { firewallUpdate } from '../shared/plan/firewallUpdate.ts';
import { planPublications } from '../shared/plan/publicationPlan.ts';
import { existingLane } from './http/laneClient.ts';
import { HttpProblem } from './http/problem.ts';
import { json, route } from './http/route.ts';

/** Registers what is read live: every service port with its publication or the reason why it has none, and drift. */
export function registerServices(): void {
  route('listServices', ['GET'], 'environments/{name}/services', listServices);
  route('showDrift', ['GET'], 'environments/{name}/drift', showDrift);
}

const READ_DEADLINE = { deadlineSeconds: 20 };

async function observedPlan(request: HttpRequest, client: DurableClient) {
  const { state } = await existingLane(client, request.params['name'] ?? '');
  const { spec } = state;
  const observed = await observeIngress(spec, READ_DEADLINE);
  if (observed.firewall === undefined) {
    throw new HttpProblem(
      409,
      'not-ready',
      'The firewall is not there',
      `Environment ${spec.name} has no firewall to publish services on.`,
      'Wait until the environment is ready, or retry it where it failed.',
    );
  }
  const { firewall, services: lists, facts } = observed;
  const plan = planPublications({ spec, lists, firewall, facts });
  return { spec, observed, firewall, plan };
}

/** GET /environments/{name}/services */
async function listServices(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, observed, plan } = await observedPlan(request, client);
  const { natRuleCollections: _body, ...shown } = plan;
  return json(200, { name: spec.name, frontends: observed.facts.frontends, ...shown, unread: observed.problems });
}

/** GET /environments/{name}/drift: what a sync would have to write now. */
async function showDrift(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const { spec, firewall, plan } = await observedPlan(request, client);
  const { drift } = firewallUpdate(spec, firewall, plan);
  return json(200, {
    name: spec.name,
    action: spec.drift.action,
    firewall: drift,
    publications: {
      missing: plan.created.map(({ ruleName }) => ruleName),
      changed: plan.updated.map(({ ruleName }) => ruleName),
      superfluous: plan.deleted.map(({ name }) => name),
    },
  });
}
