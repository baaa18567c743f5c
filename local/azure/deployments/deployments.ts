import { randomUUID } from 'node:crypto';
import { TENANT_ID, worldOf } from '../azure.ts';
import type { CloudFacts } from '../clouds.ts';
import { ArmError, invalidResourceType } from '../errors.ts';
import type { Answer } from '../http.ts';
import { objectAt, stringAt, type JsonObject } from '../json.ts';
import { findGroup } from '../resources/resourceGroups.ts';
import { methodNotAllowed, ok, type Visit } from '../visit.ts';
import type { Place } from './evaluation.ts';
import { invalidTemplate } from './expressions.ts';
import { resourcesOf, type TemplateResource } from './template.ts';

/**
 * `POST …/deployments/{name}/validate`, for a subscription or a resource group: whether a template would be taken. Nothing is
 * deployed, and no resource provider is asked about the bodies.
 */
export function answerDeployment(visit: Visit): Answer {
  const { azure, request, path, caller, call } = visit;
  const [, action = ''] = path.types;
  const [name = ''] = path.names;
  if (action.toLowerCase() !== 'validate')
    throw invalidResourceType('Microsoft.Resources', 'deployments', call.apiVersion);
  if (request.method !== 'POST') throw methodNotAllowed(request);
  const body = visit.body();
  const { template, parameters } = templateOf(body);
  const group = path.group === undefined ? undefined : findGroup(azure, path.subscription, path.group);
  const location = stringAt(body, 'location') ?? stringAt(group?.body, 'location');
  if (location === undefined)
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  const place: Place = {
    subscription: path.subscription,
    ...(path.group === undefined ? {} : { group: path.group }),
    location,
    deployment: name,
    environment: environmentOf(azure.cloud),
    tenant: TENANT_ID,
    deployer: caller.oid,
  };
  const resources = resourcesOf(template, parameters, place);
  requirePlaces(visit, resources);
  return ok({
    id: `${path.scope}/providers/Microsoft.Resources/deployments/${name}`,
    name,
    type: 'Microsoft.Resources/deployments',
    ...(path.group === undefined ? { location } : {}),
    properties: {
      correlationId: randomUUID(),
      mode: 'Incremental',
      provisioningState: 'Succeeded',
      validatedResources: resources.map(({ id, type, apiVersion }) => ({ id, resourceType: type, apiVersion })),
    },
  });
}

function templateOf(body: JsonObject): { readonly template: JsonObject; readonly parameters: JsonObject } {
  const properties = objectAt(body, 'properties');
  if (stringAt(properties, 'mode') !== 'Incremental')
    throw invalidTemplate('Local Azure knows the mode Incremental alone');
  const template = objectAt(properties, 'template');
  if (Object.keys(template).length === 0) throw invalidTemplate('A deployment needs its template in the request');
  return { template, parameters: objectAt(properties, 'parameters') };
}

/** The subscriptions and groups that resources go to are there, or among what the template makes. */
function requirePlaces({ azure }: Visit, resources: readonly TemplateResource[]): void {
  const made = new Set(resources.map(({ id }) => id.toLowerCase()));
  for (const { id } of resources) {
    const [, , subscription = '', kind, group] = id.split('/');
    if (!azure.subscriptions.some((known) => known.toLowerCase() === subscription.toLowerCase()))
      throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
    if (kind?.toLowerCase() !== 'resourcegroups' || group === undefined) continue;
    const groupId = `/subscriptions/${subscription}/resourceGroups/${group}`;
    if (made.has(groupId.toLowerCase()) || worldOf(azure, subscription).find(groupId) !== undefined) continue;
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
}

function environmentOf({ name, login, suffixes }: CloudFacts): JsonObject {
  return { name, suffixes, authentication: { loginEndpoint: `${login}/` } };
}
