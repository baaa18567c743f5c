import type { Compared } from './comparison.ts';
import { differencesFound, type DriftFinding } from './finding.ts';
import { isDnsProxy, isDnsServers, isEgress, isRouteTableAssociation, isThreatIntelligence } from './paths.ts';

export function threatIntelligence({ firewall, policy }: Compared): readonly DriftFinding[] {
  return differencesFound('threatIntelligence', policy ?? firewall, isThreatIntelligence, 'warning');
}

/** Without it names in network rules are not resolved. */
export function dnsProxy({ firewall, policy }: Compared): readonly DriftFinding[] {
  return differencesFound('dnsProxy', policy ?? firewall, isDnsProxy, 'error');
}

/** Its addresses, and the policy that it goes by. */
export function firewallConfiguration({ firewall }: Compared): readonly DriftFinding[] {
  const isOther = (path: string) => !isEgress(path) && !isThreatIntelligence(path) && !isDnsProxy(path);
  return differencesFound('firewallConfiguration', firewall, isOther, 'warning');
}

export function policyConfiguration({ policy }: Compared): readonly DriftFinding[] {
  const isOther = (path: string) => !isThreatIntelligence(path) && !isDnsProxy(path);
  return differencesFound('policyConfiguration', policy, isOther, 'warning');
}

export function routes({ routes: table }: Compared): readonly DriftFinding[] {
  return differencesFound('routes', table, () => true, 'error');
}

/** What is left of a larger number of frontends. */
export function publicIps({ input: { retiredPublicIps = [] } }: Compared): readonly DriftFinding[] {
  return retiredPublicIps.map((id) => {
    const what = id.slice(id.lastIndexOf('/') + 1);
    return { check: 'publicIps', resource: id, what, actual: id, severity: 'warning' };
  });
}

export function dnsServers({ network }: Compared): readonly DriftFinding[] {
  return differencesFound('dnsServers', network, isDnsServers, 'error');
}

export function routeTableAssociation({ network }: Compared): readonly DriftFinding[] {
  return differencesFound('routeTableAssociation', network, isRouteTableAssociation, 'error');
}

export function subnets({ network }: Compared): readonly DriftFinding[] {
  return differencesFound(
    'subnets',
    network,
    (path) => !isDnsServers(path) && !isRouteTableAssociation(path),
    'warning',
  );
}

export function authorizedRanges({ input: { ranges = [] } }: Compared): readonly DriftFinding[] {
  return ranges.flatMap(({ id, added, removed }) => {
    const shared = { check: 'authorizedRanges', resource: id } as const;
    return [
      ...added.map((range) => ({ ...shared, what: range, expected: range, severity: 'error' as const })),
      ...removed.map((range) => ({ ...shared, what: range, actual: range, severity: 'warning' as const })),
    ];
  });
}
