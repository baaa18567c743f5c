import type { Problem } from '../problem.ts';
import type { Checked } from './checked.ts';
import { hasDnsProxy } from './firewallDefaults.ts';
import { listAt } from './input.ts';

/** What the tier and the options of the firewall don't go together with. */
export function firewallProblems(checked: Checked): readonly Problem[] {
  return [...basicProblems(checked), ...dnsProblems(checked), ...fqdnProblems(checked)];
}

/** https://learn.microsoft.com/azure/firewall/choose-firewall-sku */
function basicProblems({ draft: { firewall, network }, sound }: Checked): readonly Problem[] {
  if (!sound('firewall.tier')) return [];
  if (firewall.tier !== 'Basic') {
    if (network.managementSubnet === undefined || !sound('network.managementSubnet')) return [];
    const message = `a firewall of the ${firewall.tier} tier is given no management subnet`;
    return [{ path: 'network.managementSubnet', message, remedy: 'Leave the field out, or use the Basic tier.' }];
  }
  const problems: Problem[] = [];
  if (firewall.dnsProxy === true) {
    problems.push({
      path: 'firewall.dnsProxy',
      message: 'the Basic tier has no DNS proxy',
      remedy: 'Leave the field out, or use the Standard tier.',
    });
  }
  if (firewall.threatIntel === 'Deny') {
    problems.push({
      path: 'firewall.threatIntel',
      message: 'the Basic tier alerts, and denies nothing by threat intelligence',
      remedy: 'Use Alert or Off, or the Standard tier.',
    });
  }
  return problems;
}

/** Names that the firewall and the nodes resolve by different servers would be let out to the wrong addresses. */
function dnsProblems({ draft: { firewall }, sound }: Checked): readonly Problem[] {
  const usable = sound('firewall.tier') && sound('firewall.dnsProxy') && sound('firewall.dnsServers');
  if (!usable || (firewall.dnsServers ?? []).length === 0 || hasDnsProxy(firewall)) return [];
  return [
    {
      path: 'firewall.dnsServers',
      message: 'DNS servers are asked by the DNS proxy, and there is none',
      remedy:
        firewall.tier === 'Basic'
          ? 'Leave the field out, or use the Standard tier.'
          : 'Leave the field out, or set firewall.dnsProxy to true.',
    },
  ];
}

/** The firewall resolves names in network rules by its DNS proxy alone. */
function fqdnProblems({ draft: { firewall }, sound, input }: Checked): readonly Problem[] {
  if (!sound('firewall.tier') || !sound('firewall.dnsProxy') || hasDnsProxy(firewall)) return [];
  const why = firewall.tier === 'Basic' ? 'which the Basic tier has not' : 'which firewall.dnsProxy turns off';
  return listAt(input, ['egress', 'allow', 'network']).flatMap((rule, index): readonly Problem[] => {
    const path = `egress.allow.network.${index}.fqdns`;
    if (listAt(rule, ['fqdns']).length === 0 || !sound(path)) return [];
    return [
      {
        path,
        message: `names in network rules need the DNS proxy, ${why}`,
        remedy:
          'Give destinations (ranges or service tags), allow HTTP(S) by name under egress.allow.application, or use the Standard tier with its DNS proxy.',
      },
    ];
  });
}
