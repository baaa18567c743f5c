import type { StepName } from '../shared/model/step.ts';
import type { StepRecord } from './stepRecord.ts';

/** Whether the step that answers for a difference has written, and has come to its end. */
export const isRepaired =
  (records: readonly StepRecord[]) =>
  (difference: string): boolean => {
    const step = repairingStep(difference, records);
    return records.some(({ name, state, writes }) => name === step && state === 'done' && writes > 0);
  };

/** Which step of these writes what a drift check found: of a classic firewall settings and rules are one write. */
function repairingStep(difference: string, records: readonly StepRecord[]): StepName {
  const [check = '', what = ''] = difference.split(': ', 2);
  const ofPolicy = (step: StepName) => (records.some(({ name }) => name === step) ? step : 'firewallRules');
  switch (check) {
    case 'routes':
    case 'publicIps':
      return 'routes';
    case 'dnsServers':
    case 'routeTableAssociation':
    case 'subnets':
      return 'networkRouting';
    case 'threatIntelligence':
    case 'dnsProxy':
    case 'policyConfiguration':
      return ofPolicy('firewallPolicy');
    case 'firewallConfiguration':
      return ofPolicy('firewall');
    case 'lastWrite': {
      const [kind = ''] = what.split(' ');
      if (kind === 'routeTable') return 'routes';
      if (kind === 'firewall' || kind === 'firewallPolicy') return ofPolicy(kind);
      return kind === 'ruleCollectionGroup' ? 'firewallRules' : 'networkRouting';
    }
    default:
      return 'firewallRules';
  }
}
