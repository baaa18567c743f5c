import { MAX_AUTHORIZED_RANGES, rangesOfFrontends } from '../azureLimits.ts';
import { cloudOf, type Cloud } from '../cloud.ts';
import { API_SERVER_RULE, resourceIds } from '../names.ts';
import { presetsOfCloud } from '../presetsOfCloud.ts';
import type { Problem } from '../problem.ts';
import { adoptProblems } from './adoptChecks.ts';
import type { Checked } from './checked.ts';
import { clusterProblems } from './clusterChecks.ts';
import { checkedClusters } from './clusterList.ts';
import { internetSource, shown } from './fields.ts';
import { hasDnsProxy } from './firewallDefaults.ts';
import { listAt, textAt } from './input.ts';
import { firewallProblems } from './firewallChecks.ts';
import { networkProblems } from './networkChecks.ts';
import { isWithin } from './scopes.ts';
import { unsupportedProblems } from './unsupported.ts';

/** Everything that has to fit together beyond the form of the single fields; reads as the list of what is refused. */
export function relationProblems(checked: Checked): readonly Problem[] {
  return [
    ...(checked.draft.adopt === undefined ? creationProblems(checked) : adoptProblems(checked)),
    ...presetProblems(checked),
    ...apiServerRuleProblems(checked),
    ...duplicateProblems(checked),
    ...authorizedRangeProblems(checked),
    ...unsupportedProblems(checked),
  ];
}

/** Of what is to be created. */
const creationProblems = (checked: Checked): readonly Problem[] => [
  ...subscriptionProblems(checked),
  ...cloudProblems(checked),
  ...networkProblems(checked),
  ...firewallProblems(checked),
  ...clusterProblems(checked),
];

function subscriptionProblems({ draft, context, sound }: Checked): readonly Problem[] {
  const subscription = draft.subscription ?? context.subscription?.toLowerCase();
  const problems: Problem[] = [];
  if (sound('subscription') && subscription === undefined) {
    problems.push({
      path: 'subscription',
      message: 'no subscription is given, and the app has no default',
      remedy: 'Give subscription, or set the app setting GATEHOUSE_SUBSCRIPTION.',
    });
  }
  if (context.allowedScopes.length === 0) {
    problems.push({
      path: 'subscription',
      message: 'the app is not allowed to create anything anywhere',
      remedy: `Set the app setting GATEHOUSE_ALLOWED_SCOPES, e.g. to /subscriptions/${subscription ?? '<id>'}.`,
    });
  }
  if (problems.length > 0 || subscription === undefined) return problems;
  if (!sound('subscription') || !sound('name') || !sound('cluster.name')) return [];
  const { resourceGroup } = resourceIds({
    name: draft.name,
    location: draft.location,
    network: draft.network,
    subscription,
    cluster: { name: draft.cluster.name ?? draft.name },
  });
  if (context.allowedScopes.some((scope) => isWithin(resourceGroup, scope))) return [];
  return [
    {
      path: 'subscription',
      message: `${resourceGroup} lies outside the scopes that the app may use`,
      remedy: 'Choose a subscription within GATEHOUSE_ALLOWED_SCOPES, or have its owner add this one there.',
    },
  ];
}

/** An identity and an endpoint are of one cloud: nothing can be built in another. */
function cloudProblems({ draft: { location }, context: { cloud }, sound }: Checked): readonly Problem[] {
  if (cloud === undefined || !sound('location') || cloudOf(location) === cloud) return [];
  return [
    {
      path: 'location',
      message: `location ${location} belongs to the ${cloudOf(location)} cloud, and the app works in the ${cloud} one`,
      remedy: `Give a location of the ${cloud} cloud, such as ${exampleLocation[cloud]}, or send it to an app that is deployed there (GATEHOUSE_CLOUD).`,
    },
  ];
}

const exampleLocation: Readonly<Record<Cloud, string>> = {
  public: 'eastus',
  government: 'usgovvirginia',
  china: 'chinanorth3',
};

/** The rule goes to a name, which the firewall's DNS proxy resolves, and it stands among the spec's own. */
function apiServerRuleProblems({ draft: { egress, firewall }, sound }: Checked): readonly Problem[] {
  if (!sound('egress.apiServer') || !egress.apiServer) return [];
  const taken = egress.allow.network.some(({ name }) => name.toLowerCase() === API_SERVER_RULE);
  return [
    ...(sound('firewall.dnsProxy') && !hasDnsProxy(firewall)
      ? [
          {
            path: 'egress.apiServer',
            message: "the rule goes to the API server's name, and a firewall without DNS proxy resolves none",
            remedy:
              'Set firewall.dnsProxy to true, or annotate pods with kubernetes.azure.com/set-kube-service-host-fqdn.',
          },
        ]
      : []),
    ...(taken
      ? [
          {
            path: 'egress.allow.network',
            message: `the rule name "${API_SERVER_RULE}" is what egress.apiServer calls its own`,
            remedy: 'Give the rule another name.',
          },
        ]
      : []),
  ];
}

function presetProblems({ draft, sound }: Checked): readonly Problem[] {
  if (!sound('egress.presets') || !sound('location')) return [];
  const cloud = cloudOf(draft.location);
  return draft.egress.presets
    .filter((preset) => !presetsOfCloud[cloud].includes(preset))
    .map((preset) => ({
      path: 'egress.presets',
      message: `the preset "${preset}" is not known for the ${cloud} cloud`,
      remedy: 'Leave it out and allow the names that you need under egress.allow.',
    }));
}

function duplicateProblems({ input }: Checked): readonly Problem[] {
  const lists = [
    { path: ['access', 'developers'], key: 'label', what: 'label' },
    { path: ['egress', 'allow', 'application'], key: 'name', what: 'rule name' },
    { path: ['egress', 'allow', 'network'], key: 'name', what: 'rule name' },
  ] as const;
  return lists.flatMap(({ path, key, what }) => {
    const seen = new Set<string>();
    return listAt(input, path).flatMap((item, index): Problem[] => {
      const name = textAt(item, key)?.toLowerCase();
      if (name === undefined) return [];
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [
        {
          path: [...path, index, key].join('.'),
          message: `the ${what} "${name}" is used twice`,
          remedy: `Give each its own ${what}.`,
        },
      ];
    });
  });
}

/** A private API server has no address on the Internet, and so nothing that could be restricted. */
function privateAccessProblems(developers: number): readonly Problem[] {
  if (developers === 0) return [];
  return [
    {
      path: 'access.developers',
      message: 'a private cluster has no authorized ranges: its API server is reached from its network alone',
      remedy: 'Leave the developers out, and let them in by way of the network (a VPN, a peering, a jumpbox).',
    },
  ];
}

const isSoundlyPrivate = ({ draft, sound }: Checked): boolean => sound('cluster.private') && draft.cluster.private;

/**
 * A cluster of an environment has a public API server with authorized ranges, and the app itself reads services through
 * it: without its own addresses it would lock itself out.
 */
function authorizedRangeProblems(checked: Checked): readonly Problem[] {
  const { draft, context, sound } = checked;
  const clusters = checkedClusters(checked);
  if (clusters.length > 0 && clusters.every(isSoundlyPrivate)) {
    return privateAccessProblems(draft.access.developers.length);
  }
  const problems: Problem[] = [];
  const restricts = draft.adopt === undefined || draft.adopt.fix.includes('authorizedRanges');
  if (restricts && context.outboundRanges.length === 0) {
    problems.push({
      path: 'access',
      message: 'the API server would be restricted, and the app would not reach it: its own addresses are unknown',
      remedy: 'Set the app setting GATEHOUSE_OUTBOUND_RANGES to the public addresses that the app comes from.',
    });
  }
  for (const text of context.outboundRanges) {
    const source = internetSource(text);
    if (typeof source === 'string') continue;
    problems.push({
      path: 'access',
      message: `the app's own address "${shown(text)}" can't be let into the API server: ${source.message}`,
      remedy:
        'Correct the app setting GATEHOUSE_OUTBOUND_RANGES: public IPv4 addresses, or CIDRs of at most a /16 that start at their network address.',
    });
  }
  const frontends = sound('firewall.publicIpCount') ? rangesOfFrontends(draft.firewall.publicIpCount) : 1;
  const ranges = frontends + context.outboundRanges.length + draft.access.developers.length;
  if (ranges > MAX_AUTHORIZED_RANGES) {
    problems.push({
      path: 'access.developers',
      message: `the API server would need ${ranges} authorized ranges, and Azure takes at most ${MAX_AUTHORIZED_RANGES}`,
      remedy: 'Merge grants into wider ranges (up to /16), or remove some.',
    });
  }
  return problems;
}
