import { parseEnvironmentSpec } from '../../../shared/model/environmentSpec.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

function refused(fields: object) {
  const result = parseEnvironmentSpec({ name: 'shop', ...fields }, specContext);
  return result.ok ? [] : result.problems.map(({ path }) => path);
}
const byName = { name: 'time', protocols: ['UDP'], fqdns: ['time.example.com'], ports: ['123'] };
const byAddress = { name: 'db', destinations: ['198.51.100.20'], ports: ['5432'] };

test('a tier has a DNS proxy and a management subnet where it takes one', () => {
  expect(articleSpec().firewall).toMatchObject({ tier: 'Standard', dnsProxy: true });
  expect(articleSpec().network).not.toHaveProperty('managementSubnet');
  const basic = articleSpec({ firewall: { tier: 'Basic' } });
  expect(basic.firewall.dnsProxy).toBe(false);
  expect(basic.network.managementSubnet).toEqual({ name: 'AzureFirewallManagementSubnet', prefix: '10.42.3.0/26' });
});

test.each<[string, object, readonly string[]]>([
  ['the Basic tier with a DNS proxy', { firewall: { tier: 'Basic', dnsProxy: true } }, ['firewall.dnsProxy']],
  [
    'the Basic tier with DNS servers',
    { firewall: { tier: 'Basic', dnsServers: ['10.0.0.4'] } },
    ['firewall.dnsServers'],
  ],
  ['the Basic tier that denies', { firewall: { tier: 'Basic', threatIntel: 'Deny' } }, ['firewall.threatIntel']],
  [
    'the Basic tier with names in network rules, each of them',
    { firewall: { tier: 'Basic' }, egress: { allow: { network: [byAddress, byName] } } },
    ['egress.allow.network.1.fqdns'],
  ],
  [
    'names in network rules without the DNS proxy',
    { firewall: { dnsProxy: false }, egress: { allow: { network: [byName] } } },
    ['egress.allow.network.0.fqdns'],
  ],
  [
    'DNS servers without the DNS proxy',
    { firewall: { dnsProxy: false, dnsServers: ['10.0.0.4'] } },
    ['firewall.dnsServers'],
  ],
  [
    'a DNS server that is no address',
    { firewall: { dnsServers: ['10.0.0.0/24', 'dns'] } },
    ['firewall.dnsServers.0', 'firewall.dnsServers.1'],
  ],
  [
    'a management subnet of another tier',
    { network: { managementSubnet: '10.42.3.0/26' } },
    ['network.managementSubnet'],
  ],
  [
    'a management subnet that is too small',
    { firewall: { tier: 'Basic' }, network: { managementSubnet: '10.42.3.0/27' } },
    ['network.managementSubnet.prefix'],
  ],
  [
    'a default management subnet outside of the network',
    {
      firewall: { tier: 'Basic' },
      network: { addressSpace: '10.60.0.0/16', clusterSubnet: '10.60.1.0/24', firewallSubnet: '10.60.2.0/24' },
    },
    ['network.managementSubnet.prefix'],
  ],
  [
    'an ingress subnet over another',
    { network: { ingressSubnet: '10.42.1.128/25' } },
    ['network.ingressSubnet.prefix'],
  ],
  [
    'an ingress subnet of a name that is taken',
    { network: { ingressSubnet: { name: 'AKS-subnet', prefix: '10.42.4.0/24' } } },
    ['network.ingressSubnet.name'],
  ],
  ['a zone that there is nowhere', { firewall: { zones: ['4'] } }, ['firewall.zones.0']],
])('%s is refused', (_what, fields, paths) => {
  expect(refused(fields)).toEqual(paths);
});

test.each<[string, object]>([
  ['the Basic tier that is silent', { firewall: { tier: 'Basic', threatIntel: 'Off' } }],
  [
    'Premium in zones with DNS servers',
    { firewall: { tier: 'Premium', zones: ['2', '1'], dnsServers: ['10.42.4.4'] } },
  ],
  [
    'no DNS proxy, and rules by address',
    { firewall: { dnsProxy: false }, egress: { allow: { network: [byAddress] } } },
  ],
])('%s is taken', (_what, fields) => {
  expect(refused(fields)).toEqual([]);
});
