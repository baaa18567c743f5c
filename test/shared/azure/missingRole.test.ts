import { missingRole } from '../../../shared/azure/missingRole.ts';

const scope = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/azureFirewalls/f';
const refused = (action: string, over = scope) =>
  `The client 'gatehouse' with object id '0a1b' does not have authorization to perform action '${action}' over scope '${over}' or the scope is invalid.`;

test.each([
  ['Microsoft.Network/azureFirewalls/write', 'Gatehouse Syncer', 'Network Contributor'],
  ['Microsoft.ContainerService/managedClusters/write', 'Gatehouse Syncer', 'Azure Kubernetes Service Contributor Role'],
  ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', 'Gatehouse Syncer', 'Managed Identity Operator'],
  ['Microsoft.EventGrid/systemTopics/write', 'Gatehouse Creator', 'EventGrid Contributor'],
  ['Microsoft.Resources/subscriptions/resourceGroups/write', 'Gatehouse Creator', 'Contributor'],
])('%s is granted by %s, and by %s', (action, own, builtIn) => {
  const remedy = missingRole(refused(action));
  expect(remedy).toContain(
    `lacks ${action} on ${scope}: az role assignment create --assignee 0a1b --role "${own}" --scope ${scope}`,
  );
  expect(remedy).toContain(`where it has none of it, "${builtIn}" holds the action.`);
});

test('an action that is in none of the roles of our own is granted by one of Azure’s', () => {
  const remedy = missingRole(refused('Microsoft.Network/bastionHosts/write'));
  expect(remedy).toContain(`--role "Network Contributor" --scope ${scope}, then retry. New`);
});

test('a role with which roles are assigned is not assigned without its condition', () => {
  const remedy = missingRole(refused('Microsoft.Authorization/roleAssignments/write'));
  expect(remedy).toContain('--condition-version 2.0 --condition @infra/roles/grants.condition, then retry.');
});

test('where the condition is what refuses, no role is called for', () => {
  const message = refused('Microsoft.Authorization/roleAssignments/write').replace(
    'authorization to',
    'authorization or an ABAC condition not fulfilled to',
  );
  const remedy = missingRole(message);
  expect(remedy).toContain('does not allow this Microsoft.Authorization/roleAssignments/write');
  expect(remedy).not.toContain('--role');
});

test.each([
  ['/subscriptions/s/providers/Microsoft.Network/locations/eastus/usages', '/subscriptions/s'],
  ['/subscriptions/s/providers/Microsoft.Network', '/subscriptions/s'],
  ['/subscriptions/s', '/subscriptions/s'],
])('what is read at %s is assigned at %s', (over, assigned) => {
  expect(missingRole(refused('Microsoft.Network/locations/usages/read', over))).toContain(`--scope ${assigned} `);
});

test('of a linked action the linked scope is what the role is needed on', () => {
  const subnet = '/subscriptions/s/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v/subnets/x';
  const message =
    `The client has permission to perform action 'Microsoft.Network/azureFirewalls/write' on scope '${scope}'; however, it ` +
    `does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${subnet}'.`;
  expect(missingRole(message)).toContain(`lacks Microsoft.Network/virtualNetworks/subnets/join/action on ${subnet}: `);
});

test.each(['', 'No role.', "perform action '/read' somewhere", "over scope '/subscriptions/s'"])(
  'nothing is made up of %j',
  (message) => {
    expect(missingRole(message)).toBeUndefined();
  },
);
