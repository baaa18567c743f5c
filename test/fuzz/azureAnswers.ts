import fc from 'fast-check';
import type { Json, JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { ArmAnswer } from '../support/armServer.ts';
import { broken, surprise } from './brokenJson.ts';
import { FRONTEND, readyResources } from './scenes.ts';

export const FUNCTION_ID =
  '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/app/providers/Microsoft.Web/sites/a/functions/f';

/** All that a ready environment's steps ask Azure for, by path. The kubeconfig is its API server's, as base64. */
export function readyAzure(spec: EnvironmentSpec, kubeconfig: string): Readonly<Record<string, JsonObject>> {
  const ids = resourceIds(spec);
  const subscription = `/subscriptions/${spec.subscription}`;
  const { firewall, routeTable, virtualNetwork, cluster } = readyResources(spec);
  const tags = { 'gatehouse-environment': spec.name };
  const nodesIp = `${ids.nodeResourceGroup}/providers/Microsoft.Network/publicIPAddresses/kubernetes-a1`;
  const publicIp: JsonObject = {
    id: ids.publicIp,
    tags,
    location: 'eastus',
    properties: { ipAddress: FRONTEND, provisioningState: 'Succeeded', publicIPAllocationMethod: 'Static' },
  };
  const topic = `${subscription}/resourceGroups/app/providers/Microsoft.EventGrid/systemTopics/gatehouse-subscription-events`;
  const location = `locations/${spec.location}`;
  const usage = (value: string) => ({ name: { value }, currentValue: 1, limit: 100, unit: 'Count' });
  const registered = { registrationState: 'Registered' };
  return {
    [ids.resourceGroup]: {
      id: ids.resourceGroup,
      location: 'eastus',
      tags,
      properties: { provisioningState: 'Succeeded' },
    },
    [ids.nodeResourceGroup]: { id: ids.nodeResourceGroup, properties: { provisioningState: 'Succeeded' } },
    [ids.firewall]: firewall,
    [ids.routeTable]: routeTable,
    [ids.virtualNetwork]: virtualNetwork,
    [`${ids.virtualNetwork}/subnets/aks-subnet`]: { properties: { addressPrefix: '10.42.1.0/24' } },
    [ids.publicIp]: publicIp,
    [nodesIp]: { id: nodesIp, properties: { ipAddress: '20.81.1.1' } },
    [ids.cluster]: {
      ...cluster,
      identity: { type: 'SystemAssigned', principalId: '00000000-0000-0000-0000-0000000000ee' },
    },
    [`${subscription}/providers/Microsoft.Network/publicIPAddresses`]: {
      value: [publicIp, { id: nodesIp, properties: { ipAddress: '20.81.1.1' } }],
    },
    [`${ids.nodeResourceGroup}/providers/Microsoft.Network/loadBalancers`]: {
      value: [
        {
          properties: {
            frontendIPConfigurations: [
              { properties: { publicIPAddress: { id: nodesIp } } },
              { properties: { privateIPAddress: '10.42.1.250' } },
            ],
          },
        },
      ],
    },
    [`${ids.cluster}/listClusterUserCredential`]: { kubeconfigs: [{ name: 'clusterUser', value: kubeconfig }] },
    [`${ids.resourceGroup}/resources`]: { value: [{ id: ids.firewall }, { id: `${ids.resourceGroup}/theirs` }] },
    [`${ids.resourceGroup}/providers/Microsoft.Authorization/permissions`]: {
      value: [{ actions: ['Microsoft.Network/*', '*/read'], notActions: ['Microsoft.Network/azureFirewalls/delete'] }],
    },
    [`${subscription}/providers/Microsoft.Network`]: registered,
    [`${subscription}/providers/Microsoft.ContainerService`]: registered,
    [`${subscription}/providers/Microsoft.Compute`]: registered,
    [`${subscription}/providers/Microsoft.EventGrid`]: registered,
    [`${subscription}/locations`]: { value: [{ name: 'eastus' }, { name: 'westeurope' }] },
    [`${subscription}/providers/Microsoft.Network/${location}/usages`]: {
      value: [usage('VirtualNetworks'), usage('AzureFirewalls')],
    },
    [`${subscription}/providers/Microsoft.Compute/${location}/usages`]: { value: [usage('cores')] },
    [`${subscription}/providers/Microsoft.Compute/${location}/vmSizes`]: {
      value: [{ name: 'Standard_DS2_v2', numberOfCores: 2 }],
    },
    [`${subscription}/providers/Microsoft.ContainerService/${location}/kubernetesVersions`]: {
      values: [{ version: '1.33', patchVersions: { '1.33.2': { upgrades: [] } } }],
    },
    [`${subscription}/providers/Microsoft.EventGrid/systemTopics`]: {
      value: [
        {
          id: topic,
          location: 'global',
          properties: {
            source: subscription,
            topicType: 'Microsoft.Resources.Subscriptions',
            provisioningState: 'Succeeded',
          },
        },
      ],
    },
    [`${topic}/eventSubscriptions/gatehouse`]: {
      properties: {
        destination: { endpointType: 'AzureFunction', properties: { resourceId: FUNCTION_ID } },
        filter: { includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess'], advancedFilters: [] },
        retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
        eventDeliverySchema: 'EventGridSchema',
        provisioningState: 'Succeeded',
      },
    },
    [`${subscription}/providers/Microsoft.Insights/eventtypes/management/values`]: {
      value: [
        {
          caller: 'somebody@example.com',
          eventTimestamp: '2026-01-01T00:00:00Z',
          operationName: { value: 'Microsoft.Network/azureFirewalls/write' },
          resourceId: ids.firewall,
          status: { value: 'Succeeded' },
        },
      ],
    },
  };
}

const headers = fc.dictionary(
  fc.constantFrom('retry-after', 'azure-asyncoperation', 'location', 'date', 'etag', 'content-type'),
  fc.constantFrom(
    '',
    '7',
    '-5',
    '1e308',
    '99999999999',
    'NaN',
    'soon',
    'Wed, 21 Oct 2037 07:28:00 GMT',
    'http://',
    '/x',
    'text/html',
  ),
  { maxKeys: 2 },
);

const error = fc.oneof(
  broken({ error: { code: 'AnotherOperationInProgress', message: 'Another operation is in progress.', details: [] } }),
  broken({ code: 'OperationNotAllowed', message: 'quota', subcode: '', target: null }),
  surprise,
);
const refusal: fc.Arbitrary<ArmAnswer> = fc.record({
  status: fc.constantFrom(400, 401, 403, 404, 409, 410, 412, 418, 429, 500, 502, 503),
  body: error,
  headers,
});

/** What a read of this answer might be answered with instead. */
const insteadOf = (body: Json): fc.Arbitrary<ArmAnswer> =>
  fc.oneof(
    { weight: 4, arbitrary: broken(body).map((other): ArmAnswer => ({ status: 200, body: other })) },
    { weight: 1, arbitrary: refusal },
    { weight: 1, arbitrary: fc.record({ status: fc.constantFrom(200, 202, 204), body: surprise, headers }) },
    {
      weight: 1,
      arbitrary: fc.constant<ArmAnswer>({ status: 404, body: { error: { code: 'NotFound', message: 'No.' } } }),
    },
  );

/** Answers to some of these reads, each wrong in its own way. */
export const wrongAnswers = (
  azure: Readonly<Record<string, JsonObject>>,
  reads: readonly string[],
): fc.Arbitrary<Readonly<Record<string, ArmAnswer>>> => {
  const one = fc
    .constantFrom(...reads)
    .chain((path) => insteadOf(azure[path] ?? null).map((answer) => [path, answer] as const));
  return fc.array(one, { maxLength: 4 }).map((all) => Object.fromEntries(all));
};

/** What Azure says to a write, a deletion or an action. */
export const writeAnswer: fc.Arbitrary<ArmAnswer> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ status: fc.constantFrom(200, 201, 202, 204), body: surprise, headers }) },
  { weight: 1, arbitrary: refusal },
);

/** What is said of an operation that is under way or over. */
export const operationAnswer: fc.Arbitrary<ArmAnswer> = fc.oneof(
  fc.record({
    status: fc.constantFrom(200, 202, 204),
    body: broken({ status: 'Failed', error: { code: 'Conflict', message: 'Something is in the way.' } }),
    headers,
  }),
  fc.record({ status: fc.constant(200), body: broken({ status: 'InProgress', percentComplete: 5 }), headers }),
  fc.record({ status: fc.constant(200), body: surprise, headers }),
  refusal,
);
