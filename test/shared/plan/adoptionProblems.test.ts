import type { AdoptFix } from '../../../shared/model/environmentSpec.ts';
import { scopeProblems } from '../../../shared/plan/adoptionProblems.ts';

const mine = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
const network = '/subscriptions/00000000-0000-0000-0000-0000000000bb/resourceGroups/net/providers/Microsoft.Network';
const hub = `${mine}/resourceGroups/hub/providers`;

const outside = (fix: readonly AdoptFix[], policy?: string) =>
  scopeProblems(
    { firewall: `${hub}/Microsoft.Network/azureFirewalls/fw`, clusters: [], fix },
    {
      firewallSubnet: `${hub}/Microsoft.Network/virtualNetworks/hub/subnets/AzureFirewallSubnet`,
      ...(policy !== undefined && { policy }),
      clusters: [
        {
          name: 'blue',
          id: `${hub}/Microsoft.ContainerService/managedClusters/blue`,
          nodeResourceGroup: `${mine}/resourceGroups/MC_blue`,
          isPrivate: false,
          subnets: [
            {
              id: `${network}/virtualNetworks/spoke/subnets/nodes`,
              prefixes: ['10.1.0.0/24'],
              routeTable: `${network}/routeTables/spoke`,
            },
          ],
        },
      ],
    },
    [mine],
  ).map(({ path, message }) => `${path}: ${message.split(',')[0] ?? ''}`);

test('what is only read may lie anywhere', () => {
  expect(outside([])).toEqual([]);
  expect(outside(['egress', 'dnsProxy', 'authorizedRanges'], `${hub}/firewallPolicies/own`)).toEqual([]);
});

test('what would be written to lies within the scopes of the app', () => {
  expect(outside([], `${network}/firewallPolicies/hub`)).toEqual([`adopt.firewall: ${network}/firewallPolicies/hub`]);
  expect(outside(['routes'])).toEqual([`adopt.fix: ${network}/routeTables/spoke`]);
  expect(outside(['dnsServers'])).toEqual([`adopt.fix: ${network}/virtualNetworks/spoke`]);
  expect(outside(['association'])).toEqual([`adopt.fix: ${network}/virtualNetworks/spoke`]);
});
