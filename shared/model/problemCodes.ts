/** What stands behind a code, as docs/errors.md lists it. */
interface ProblemCodeText {
  readonly when: string;
  /** A problem that knows better for the case at hand says so in its place. */
  readonly remedy: string;
}

/**
 * Every code that Gatehouse itself gives to what stops a step, a sync or a command in a cluster. Where Azure refuses, the code is
 * Azure's own.
 */
export const problemCodes = {
  AzureUnavailable: {
    when: "Azure can't be asked at all: no token, no connection",
    remedy: 'Sign the app in, or see to its way to Azure; then retry.',
  },
  CommandNotRun: {
    when: 'a private cluster did not run the command that lists its services',
    remedy: 'Look whether the cluster has a node that can take a pod, and whether runCommand is disabled for it.',
  },
  CommandTimeout: {
    when: 'the command in a private cluster did not end in time',
    remedy: 'Look whether the cluster has a node that can take a pod.',
  },
  EgressRulesMissing: {
    when: 'the route table is not attached: the firewall does not let out yet what the nodes need',
    remedy: 'Retry: the rules of the firewall are written first.',
  },
  FirewallMissing: {
    when: 'the firewall is gone',
    remedy:
      'Retry: it is built again with its rules. An adopted one: restore it, or release the environment and adopt anew.',
  },
  FirewallPolicyMissing: {
    when: 'the policy is gone, and every rule of the firewall with it',
    remedy: 'Retry: it is built again with its rules, and the services are published anew by themselves.',
  },
  ForeignResource: {
    when: "a resource of a wanted name is not the environment's",
    remedy: 'Remove or rename the resource if nobody needs it, then retry; or choose another environment name.',
  },
  FrontendUnknown: {
    when: 'the firewall has not the public address that the spec calls for, or one that Azure does not tell',
    remedy:
      'Look at the IP configurations of the firewall and at its public IPs; nothing is changed until they are there.',
  },
  GrantsNotTakenBack: {
    when: "an environment ends, and what was granted on a cluster can't be taken back",
    remedy:
      'It is tried again every minute: solve it, then delete again. With --force (in HTTP ?force=true) the granted ranges are left.',
  },
  IdentityMissing: {
    when: 'the identity of the cluster has been deleted',
    remedy: 'Retry to build it again; one that the spec names: create it again under the same name first.',
  },
  JumpboxDiffers: {
    when: 'the jumpbox was made with another user or key, and Azure changes neither',
    remedy: 'Delete the machine (az vm delete) and retry: it is built again.',
  },
  KeepsDiffering: {
    when: 'a resource still differs after several writes: something else writes to it',
    remedy: 'Find who writes to it in the activity log (often an Azure Policy or another automation), then retry.',
  },
  KeepsFailing: {
    when: 'a cluster has failed each time its authorized ranges were written',
    remedy: "Look at the cluster's activity log; the ranges are written again at the next drift check.",
  },
  NoKubeconfig: {
    when: 'Azure gave out no kubeconfig for a cluster',
    remedy: 'Look at the state of the cluster; while it is being created there is none.',
  },
  PermissionsMissing: {
    when: "the app's identity lacks actions on the resource group",
    remedy: 'Assign it the role that is named, then retry.',
  },
  PreflightFailed: {
    when: 'something in the subscription stands in the way: a provider, a quota, a version, an identity, a secret',
    remedy: 'Do what is named for each, then retry.',
  },
  RangesLeftOut: {
    when: "granted ranges can't be let in, such as for want of room",
    remedy: 'Do what is named, such as to revoke a grant.',
  },
  RefusedTooOften: {
    when: 'Azure kept refusing what passes by itself as a rule',
    remedy: 'Look at the resource and at Azure status for the region, then retry.',
  },
  ResourceMissing: {
    when: 'what a step needs has been deleted',
    remedy: 'Retry to build it again; what was adopted: adopt what has taken its place.',
  },
  RuleCollectionGroupTooLarge: {
    when: 'the rule collection group would have more than the 2 MB that Azure takes',
    remedy: 'Shorten egress.allow and the source ranges of services; a rule may name whole ranges.',
  },
  SecretMissing: {
    when: 'the app has not the setting that holds the secret of a service principal',
    remedy: 'Set it (a Key Vault reference will do), then retry.',
  },
  TakesTooLong: {
    when: 'nothing has come of a step for hours',
    remedy: "Look at the resource's activity log and at Azure status for the region, then retry.",
  },
  TooManyRuleCollectionGroups: {
    when: 'the policy has as many rule collection groups as Azure takes',
    remedy: 'Remove a group that nobody needs, or give the firewall a policy of its own.',
  },
  Unexpected: {
    when: 'the app failed',
    remedy: "Retry; if it comes again, look at the app's log around this time.",
  },
  UnknownPrincipal: {
    when: "the token of the app's identity does not tell its object id",
    remedy:
      "Give the app's identity Azure Kubernetes Service RBAC Reader on the cluster by hand, and leave azureRbac out.",
  },
  UnusableKubeconfig: {
    when: "the kubeconfig that Azure gave out for a cluster can't be used",
    remedy:
      'Look at it with az aks get-credentials; a cluster that was just created or upgraded may need a few minutes.',
  },
  'no-authorized-ranges': {
    when: 'the list of authorized ranges would be empty, which opens the API server to the Internet',
    remedy: 'Give at least the public address of the firewall and the ranges in GATEHOUSE_OUTBOUND_RANGES.',
  },
  'too-many-authorized-ranges': {
    when: 'an API server would need more authorized ranges than Azure takes',
    remedy: 'Remove developer grants or merge them into wider ranges (up to /16).',
  },
} as const satisfies Readonly<Record<string, ProblemCodeText>>;

export type ProblemCode = keyof typeof problemCodes;
