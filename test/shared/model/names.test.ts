import { resourceIds, resourceNames } from '../../../shared/model/names.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

const group = `/subscriptions/${specContext.subscription}/resourceGroups/aks-egress-rg`;

test('the names are the article’s', () => {
  expect(resourceNames(articleSpec())).toEqual({
    resourceGroup: 'aks-egress-rg',
    virtualNetwork: 'aks-egress-vnet',
    clusterSubnet: 'aks-subnet',
    firewallSubnet: 'AzureFirewallSubnet',
    publicIp: 'aks-egress-fwpublicip',
    publicIpPrefix: 'aks-egress-fwipprefix',
    managementPublicIp: 'aks-egress-fwmanagementip',
    managementIpConfiguration: 'aks-egress-fwmanagementconfig',
    routeTable: 'aks-egress-fwrt',
    firewall: 'aks-egress-fw',
    firewallIpConfiguration: 'aks-egress-fwconfig',
    firewallPolicy: 'aks-egress-fwpolicy',
    routeToFirewall: 'aks-egress-fwrn',
    routeToInternet: 'aks-egress-fwinternet',
    cluster: 'aks-egress',
    nodeResourceGroup: 'MC_aks-egress-rg_aks-egress_eastus',
    dnsPrefix: 'aks-egress-aks-egress-rg-000000',
    jumpbox: 'aks-egress-jumpbox',
    jumpboxDisk: 'aks-egress-jumpbox-osdisk',
    jumpboxInterface: 'aks-egress-jumpbox-nic',
    jumpboxSubnet: 'aks-egress-jumpbox-subnet',
  });
});

test('ids are full ARM ids', () => {
  expect(resourceIds(articleSpec())).toEqual({
    resourceGroup: group,
    virtualNetwork: `${group}/providers/Microsoft.Network/virtualNetworks/aks-egress-vnet`,
    clusterSubnet: `${group}/providers/Microsoft.Network/virtualNetworks/aks-egress-vnet/subnets/aks-subnet`,
    firewallSubnet: `${group}/providers/Microsoft.Network/virtualNetworks/aks-egress-vnet/subnets/AzureFirewallSubnet`,
    publicIp: `${group}/providers/Microsoft.Network/publicIPAddresses/aks-egress-fwpublicip`,
    publicIpPrefix: `${group}/providers/Microsoft.Network/publicIPPrefixes/aks-egress-fwipprefix`,
    managementSubnet: `${group}/providers/Microsoft.Network/virtualNetworks/aks-egress-vnet/subnets/AzureFirewallManagementSubnet`,
    managementPublicIp: `${group}/providers/Microsoft.Network/publicIPAddresses/aks-egress-fwmanagementip`,
    routeTable: `${group}/providers/Microsoft.Network/routeTables/aks-egress-fwrt`,
    firewall: `${group}/providers/Microsoft.Network/azureFirewalls/aks-egress-fw`,
    firewallPolicy: `${group}/providers/Microsoft.Network/firewallPolicies/aks-egress-fwpolicy`,
    cluster: `${group}/providers/Microsoft.ContainerService/managedClusters/aks-egress`,
    nodeResourceGroup: `/subscriptions/${specContext.subscription}/resourceGroups/MC_aks-egress-rg_aks-egress_eastus`,
    jumpbox: `${group}/providers/Microsoft.Compute/virtualMachines/aks-egress-jumpbox`,
    jumpboxInterface: `${group}/providers/Microsoft.Network/networkInterfaces/aks-egress-jumpbox-nic`,
    jumpboxSubnet: `${group}/providers/Microsoft.Network/virtualNetworks/aks-egress-vnet/subnets/aks-egress-jumpbox-subnet`,
  });
});

test('names stay within what Azure takes, even for the longest name', () => {
  const names = resourceNames(articleSpec({ name: `${'9-'.repeat(19)}99`, location: 'southcentralusstage' }));
  const limits = { resourceGroup: 90, virtualNetwork: 64, firewall: 56, publicIp: 80, routeTable: 80, cluster: 63 };
  for (const [name, limit] of Object.entries(limits)) {
    expect(names[name as keyof typeof limits].length).toBeLessThanOrEqual(limit);
  }
  expect(names.nodeResourceGroup).toHaveLength(80);
  expect(names.dnsPrefix).toMatch(/^[a-z][a-z0-9-]{0,52}[a-z0-9]$/);
});

test('node resource groups whose names would be cut to the same text stay apart', () => {
  const longName = (end: string) => resourceNames(articleSpec({ name: `${'x'.repeat(39)}${end}` })).nodeResourceGroup;
  expect(longName('a')).not.toBe(longName('b'));
});
