import { foreignSubnets, withoutOwnParts } from '../../../shared/plan/networkRemoval.ts';
import { articleSpec } from '../../support/spec.ts';

const spec = articleSpec();
const theirs = { name: 'theirs', properties: { addressPrefix: '10.42.9.0/24' } };
const network = {
  tags: { team: 'shop' },
  properties: {
    dhcpOptions: { dnsServers: ['10.42.2.4', '10.42.9.4'] },
    subnets: [{ name: 'AKS-Subnet' }, theirs, { name: 'AzureFirewallSubnet' }],
    virtualNetworkPeerings: [{ name: 'hub' }],
  },
};

test('subnets that the spec does not call for are foreign', () => {
  expect(foreignSubnets(network, spec)).toEqual(['theirs']);
});

test('what is ours goes, with the resolver that was the firewall; everything else stays', () => {
  expect(withoutOwnParts(network, spec)).toEqual({
    tags: { team: 'shop' },
    properties: {
      dhcpOptions: { dnsServers: ['10.42.9.4'] },
      subnets: [theirs],
      virtualNetworkPeerings: [{ name: 'hub' }],
    },
  });
});

test('a network without anything of ours is left alone', () => {
  expect(withoutOwnParts({ properties: { subnets: [theirs] } }, spec)).toBeUndefined();
});
