import { done, type Step } from './step.ts';

/**
 * Of a firewall that goes by a policy of its own. A group is written in seconds as long as no firewall with addresses goes by
 * its policy, and in minutes from then on.
 */
export const policySteps: readonly Step[] = [
  {
    name: 'firewallPolicy',
    title: 'Firewall policy',
    after: done('permissions'),
    kind: 'firewallPolicy',
    expectedSeconds: 10,
  },
  {
    name: 'ruleCollectionGroup',
    title: 'Rules of the firewall policy',
    after: done('firewallPolicy'),
    kind: 'ruleCollectionGroup',
    expectedSeconds: 10,
  },
];

/**
 * One after the other, since Azure takes one write of a policy, its groups and its firewalls at a time. Names in network rules
 * need the policy's DNS proxy first, and a firewall is best led back to a policy that has its rules.
 */
export const policySyncSteps: readonly Step[] = [
  {
    name: 'firewallPolicy',
    title: 'Settings of the firewall policy',
    after: done('observe'),
    kind: 'firewallPolicy',
    expectedSeconds: 90,
  },
  {
    name: 'firewallRules',
    title: 'Rules of the firewall policy',
    after: done('firewallPolicy'),
    kind: 'ruleCollectionGroup',
    expectedSeconds: 90,
  },
  {
    name: 'firewall',
    title: 'Firewall and its policy',
    after: done('firewallRules'),
    kind: 'firewall',
    expectedSeconds: 240,
  },
];

/** While a firewall goes by its policy, a write of a group takes minutes. */
export const policyTeardownSteps: readonly Step[] = [
  {
    name: 'ruleCollectionGroup',
    title: 'Rules of the firewall policy',
    after: done('firewall'),
    kind: 'ruleCollectionGroup',
    expectedSeconds: 10,
  },
  {
    name: 'firewallPolicy',
    title: 'Firewall policy, unless others use it',
    after: done('ruleCollectionGroup'),
    kind: 'firewallPolicy',
    expectedSeconds: 10,
  },
];
