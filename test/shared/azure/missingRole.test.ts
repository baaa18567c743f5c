import { missingRole } from '../../../shared/azure/missingRole.ts';

const scope = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/azureFirewalls/f';
const refused = (action: string, over = scope) =>
  `The client 'gatehouse' with object id '0a1b' does not have authorization to perform action '${action}' over scope '${over}' or the scope is invalid.`;

test.each([
  ['Microsoft.Network/azureFirewalls/write', 'Network Contributor'],
  ['Microsoft.ContainerService/managedClusters/write', 'Azure Kubernetes Service Contributor Role'],
  ['Microsoft.Authorization/roleAssignments/write', 'Role Based Access Control Administrator'],
  ['Microsoft.EventGrid/systemTopics/write', 'EventGrid Contributor'],
  ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', 'Managed Identity Operator'],
  ['Microsoft.Resources/subscriptions/resourceGroups/write', 'Contributor'],
])('%s is granted by %s', (action, role) => {
  expect(missingRole(refused(action))).toContain(
    `lacks ${action} on ${scope}: az role assignment create --assignee 0a1b --role "${role}" --scope ${scope}`,
  );
});

test('of a linked action the linked scope is what the role is needed on', () => {
  const subnet = '/subscriptions/s/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v/subnets/x';
  const message =
    `The client has permission to perform action 'Microsoft.Network/azureFirewalls/write' on scope '${scope}'; however, it ` +
    `does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${subnet}'.`;
  expect(missingRole(message)).toContain(`--scope ${subnet}`);
});

test.each(['', 'No role.', "perform action '/read' somewhere", "over scope '/subscriptions/s'"])(
  'nothing is made up of %j',
  (message) => {
    expect(missingRole(message)).toBeUndefined();
  },
);
