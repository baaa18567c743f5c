import type { Azure } from '../azure.ts';
import { ArmError } from '../errors.ts';
import type { JsonObject } from '../json.ts';

/** The resource providers local Azure has, with the types it knows of each. */
const namespaces: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Authorization': ['roleAssignments', 'roleDefinitions', 'permissions'],
  'Microsoft.Compute': ['virtualMachines', 'disks', 'virtualMachineScaleSets', 'locations/usages', 'locations/vmSizes'],
  'Microsoft.ContainerService': ['managedClusters', 'locations/kubernetesVersions', 'locations/operations'],
  'Microsoft.EventGrid': ['systemTopics', 'systemTopics/eventSubscriptions', 'locations/operations'],
  'Microsoft.Insights': ['eventtypes'],
  'Microsoft.ManagedIdentity': ['userAssignedIdentities'],
  'Microsoft.Network': [
    ...[
      'virtualNetworks',
      'publicIPAddresses',
      'publicIPPrefixes',
      'azureFirewalls',
      'firewallPolicies',
      'firewallPolicies/ruleCollectionGroups',
      'routeTables',
      'loadBalancers',
      'networkSecurityGroups',
      'networkInterfaces',
    ],
    ...['locations/operations', 'locations/operationResults', 'locations/usages'],
    ...['locations/nfvOperations', 'locations/nfvOperationResults'],
  ],
  'Microsoft.OperationalInsights': [],
  'Microsoft.Resources': ['subscriptions', 'resourceGroups'],
};

/** Registering takes a while in real life, too. */
const REGISTERING_MS = 30_000;

/** The namespace as ARM spells it; throws `InvalidResourceNamespace` for one it doesn't know. */
export function requireNamespace(namespace: string): string {
  const known = Object.keys(namespaces).find((name) => name.toLowerCase() === namespace.toLowerCase());
  if (known === undefined) {
    throw new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  }
  return known;
}

function registrationState(azure: Azure, subscription: string, namespace: string): string {
  const row = azure.store.registrations.get(registrationKey(subscription, namespace));
  if (row === undefined) return 'Registered';
  return row.state === 'Registering' && row.since + REGISTERING_MS <= azure.clock.now() ? 'Registered' : row.state;
}

/** Throws `MissingSubscriptionRegistration` unless the provider takes writes. */
export function requireRegistration(azure: Azure, subscription: string, namespace: string): void {
  if (registrationState(azure, subscription, namespace) !== 'NotRegistered') return;
  throw new ArmError(
    409,
    'MissingSubscriptionRegistration',
    `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    {
      details: [
        {
          code: 'MissingSubscriptionRegistration',
          target: namespace,
          message: `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
        },
      ],
    },
  );
}

export function setRegistration(
  azure: Azure,
  subscription: string,
  namespace: string,
  state: 'NotRegistered' | 'Registering' | 'Registered',
): void {
  azure.store.commit([
    ['registrations', registrationKey(subscription, namespace), { state, since: azure.clock.now() }],
  ]);
}

export function registerProvider(azure: Azure, subscription: string, namespace: string): JsonObject {
  if (registrationState(azure, subscription, namespace) === 'NotRegistered')
    setRegistration(azure, subscription, namespace, 'Registering');
  return providerBody(azure, subscription, namespace);
}

export function providerBody(azure: Azure, subscription: string, namespace: string): JsonObject {
  return {
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: registrationState(azure, subscription, namespace),
    resourceTypes: (namespaces[namespace] ?? []).map((resourceType) => ({
      resourceType,
      locations: [],
      apiVersions: [],
    })),
  };
}

export function listProviders(azure: Azure, subscription: string): JsonObject {
  return { value: Object.keys(namespaces).map((namespace) => providerBody(azure, subscription, namespace)) };
}

function registrationKey(subscription: string, namespace: string): string {
  return `${subscription}/${namespace}`.toLowerCase();
}
