import { problemKinds } from '../shared/model/problemKinds.ts';
import type { ExitCode } from '../cli/context.ts';
import type { Notice } from '../shared/model/notice.ts';
import type { DeletedRule, KeptRule, ListProblem, PublicationConflict, SkipCode } from '../shared/model/publication.ts';
import type { DriftFinding } from '../shared/plan/drift/finding.ts';
import type { ServiceNote } from '../shared/plan/serviceNotes.ts';

// What docs/errors.md says of codes whose texts are made for each case. A code that is missing here is a type error.

interface Told {
  readonly when: string;
  readonly remedy: string;
}

const nothing = 'nothing to do';

/** What is looked for in the subscription before anything is started, by the field that a problem names. */
export const preflightTexts: Readonly<Record<string, Told>> = {
  name: {
    when: 'a resource of a wanted name carries no tag of this environment',
    remedy: problemKinds['foreign-resource'].remedy,
  },
  subscription: {
    when: 'a resource provider is not registered',
    remedy: '`az provider register --namespace {namespace} --wait`',
  },
  location: {
    when: 'it is not offered, or a quota of the network does not suffice',
    remedy: 'choose another one, or request an increase under Quotas',
  },
  'firewall.zones': {
    when: 'the location has not these zones',
    remedy: 'leave the field out, or choose another location',
  },
  'cluster.nodeSize': { when: 'the size is not offered there', remedy: '`az vm list-sizes --location {location}`' },
  'jumpbox.size': { when: 'the same', remedy: 'the same' },
  'cluster.nodeCount': {
    when: 'the quota of vCPUs does not suffice',
    remedy: 'request an increase, free some, or choose another location',
  },
  'cluster.version': {
    when: 'the version of Kubernetes is not offered there',
    remedy: 'choose one that is, or leave it out',
  },
  'cluster.identity': {
    when: 'there is no such identity, or the app may not read it',
    remedy: 'create it, or give the app Reader on it',
  },
  'cluster.kubeletIdentity': { when: 'the same', remedy: 'the same' },
  'cluster.servicePrincipal.secretName': {
    when: 'the app has no such setting',
    remedy: 'set it; a Key Vault reference will do',
  },
  permissions: {
    when: "the app's identity lacks an action",
    remedy: 'assign it [the role](permissions.md) that is named',
  },
  adopt: {
    when: 'what is adopted is gone, stopped, in no network or not peered, or another environment has it',
    remedy: 'as each problem says: see [adopting](adopt.md)',
  },
};

export const skipTexts: Readonly<Record<SkipCode, Told>> = {
  'being-deleted': { when: 'the service is being deleted', remedy: nothing },
  'not-a-load-balancer': {
    when: 'it asks to be exposed and is of another type',
    remedy: 'make it `type: LoadBalancer`',
  },
  'foreign-load-balancer-class': { when: 'another controller has it (`loadBalancerClass`)', remedy: nothing },
  'unsupported-protocol': { when: 'Azure Firewall translates TCP and UDP only', remedy: 'use TCP or UDP' },
  'no-load-balancer-rule': {
    when: 'the load balancer has no rule for the port',
    remedy: 'remove `service.beta.kubernetes.io/port_<n>_no_lb_rule`',
  },
  'port-out-of-range': {
    when: 'the firewall translates ports 1 to 63999',
    remedy: 'use a service port and a frontend port of at most 63999',
  },
  'opted-out': { when: 'the service opts out', remedy: 'take `gatehouse.dev/expose: "false"` away' },
  'not-asked-for': { when: 'the spec publishes only what asks', remedy: '`gatehouse.dev/expose: "true"`' },
  'not-in-port-map': {
    when: 'the port is not in `gatehouse.dev/ports`',
    remedy: 'list the port in `gatehouse.dev/ports`',
  },
  'invalid-annotation': { when: 'an annotation can not be read', remedy: 'correct what the reason quotes' },
  'invalid-sources': { when: 'the sources can not be read', remedy: 'correct what the reason quotes' },
  'no-client-range': {
    when: 'no client is named besides the firewall itself',
    remedy: 'name the ranges that clients come from: `gatehouse.dev/sources`',
  },
  'unknown-frontend': { when: 'it asks for a frontend that there is none of', remedy: 'name a frontend that exists' },
  'namespace-not-allowed': {
    when: 'the spec does not allow the namespace',
    remedy: 'add the namespace to `ingress.namespaces`',
  },
  'port-not-allowed': {
    when: 'the spec does not allow the port on a frontend',
    remedy: 'add the port to `ingress.allowedPorts`, or map it to another: `gatehouse.dev/ports`',
  },
  'sources-not-allowed': {
    when: 'the spec allows none of the sources',
    remedy: 'name sources within `ingress.allowedSources`',
  },
  'no-address': { when: 'the load balancer has no address (yet)', remedy: 'wait; `kubectl describe service` says why' },
  'ipv6-only': { when: 'the load balancer has IPv6 addresses only', remedy: 'give the service an IPv4 address' },
  'not-a-load-balancer-frontend': {
    when: "the address is no frontend in the cluster's node resource group",
    remedy: 'wait until the cloud provider has written it',
  },
  'load-balancers-unknown': {
    when: 'the load balancers could not be read',
    remedy: 'wait; the next sync tries again',
  },
  'no-route-to-internet': {
    when: 'answers of a public load balancer would not leave as they came',
    remedy: 'a sync with `drift.action: repair` adds the route of the frontend → Internet',
  },
  'frontend-port-taken': {
    when: 'another service has the port of the frontend',
    remedy: 'map it to another port, or give it another frontend',
  },
  'foreign-rule': {
    when: "somebody else's rule has the port of the frontend",
    remedy: 'remove that rule, or map the service to another port',
  },
  capacity: {
    when: 'the firewall takes 250 frontends and destinations together',
    remedy: 'unpublish what nobody needs',
  },
};

export const listTexts: Readonly<Record<ListProblem['code'] | 'load-balancers-unread', Told>> = {
  'list-failed': {
    when: 'the services of a cluster could not be listed; its rules stay as they are',
    remedy: 'the message says what the API server, or Azure, answered; `gatehouse sync NAME` looks now',
  },
  'list-partial': { when: 'only a part of the services could be listed', remedy: 'the next sync lists them anew' },
  'list-empty': {
    when: 'a cluster that has rules answered that it has no services at all: its rules are held',
    remedy: 'if that is true: `gatehouse approve NAME`',
  },
  'cluster-not-listed': {
    when: 'there are rules of a cluster that nobody lists',
    remedy: 'add the cluster to the spec, or remove its rules by hand',
  },
  'collection-unusable': {
    when: "the NAT rule collection of the environment's name has another action than DNAT",
    remedy: 'rename or remove it',
  },
  'jumpbox-port-taken': {
    when: 'a foreign rule has the port of the jumpbox, or the firewall is full',
    remedy: 'remove that rule, give `jumpbox.port` another one, or unpublish a service',
  },
  'load-balancers-unread': {
    when: 'the load balancers of a cluster could not be read',
    remedy: 'the message says what Azure answered; the next sync tries again',
  },
};

export const conflictTexts: Readonly<Record<PublicationConflict['kind'], Told>> = {
  service: {
    when: 'two services want the same port of a frontend: who has it keeps it, else the older one gets it',
    remedy: skipTexts['frontend-port-taken'].remedy,
  },
  'foreign-rule': { when: skipTexts['foreign-rule'].when, remedy: skipTexts['foreign-rule'].remedy },
};

export const deletionTexts: Readonly<Record<Exclude<DeletedRule['code'], SkipCode>, string>> = {
  'service-gone': 'the service port is gone, or no LoadBalancer any more',
};

export const keptTexts: Readonly<Record<Exclude<KeptRule['code'], SkipCode | ListProblem['code']>, string>> = {
  policy: '`ingress.policy: upsert-only` deletes nothing',
  held: 'more rules would be deleted than `ingress.maxDeletes` takes for everyday: `gatehouse approve NAME`',
};

export const driftTexts: Readonly<Record<DriftFinding['check'], string>> = {
  presence: 'a resource is gone',
  ownership: "somebody has taken the environment's tag off: the resource is not written any more",
  lastWrite: 'the last write of a resource has failed: it may say what is wanted and not work so',
  dnatRules: 'a rule that a service calls for is missing or differs, or none calls for one that is there',
  egressRules: 'rules of presets and of `egress.allow` were edited',
  egressCatalogue: 'a newer version of the app lets out other names',
  egressCoverage: 'no rule lets out what AKS needs: the spec says so, and no sync writes it',
  threatIntelligence: 'the mode of threat intelligence differs',
  dnsProxy: 'the DNS proxy of the firewall is off or other: names in network rules are not resolved',
  firewallConfiguration: 'addresses of the firewall, or its policy, differ',
  policyConfiguration: 'other settings of the firewall policy differ',
  routes: 'a route of the nodes, or to the Internet, is missing or differs',
  publicIps: 'a public IP is left of a larger number of frontends',
  dnsServers: 'the DNS servers of the network differ',
  routeTableAssociation: "the route table is not attached to a cluster's subnet",
  subnets: 'the subnets of the network differ',
  authorizedRanges: 'a range that should reach an API server is missing, or one of ours is left',
  clusterConfiguration: 'the cluster differs in what AKS changes in place: it comes with the next provisioning',
  clusterAsBuilt: 'the cluster differs in what AKS never changes: it is told, and not written',
};

export const noteTexts: Readonly<Record<ServiceNote['reason'], string>> = {
  Published: 'the port is reachable, and at which address by whom',
  NotPublished: 'the port is not, and why',
  PublicationConflict: 'two want the same port of a frontend',
};

export const noticeTexts: Readonly<Record<Notice['kind'], Told>> = {
  'creation-finished': { when: 'once an environment is ready for the first time', remedy: nothing },
  'environment-failed': {
    when: 'each time that it fails, with the problem and its remedy',
    remedy: 'what the text says, then `gatehouse retry NAME`',
  },
  'sync-failed': { when: 'once a day for each reason, while syncs fail', remedy: 'what the text says' },
  'deletions-held': {
    when: 'once for each set of deletions that waits for approval',
    remedy: 'look at them (`gatehouse services NAME`), then `gatehouse approve NAME`',
  },
  'drift-found': {
    when: 'once for a difference that stands; again for one that was repaired and has come back',
    remedy: '`gatehouse drift NAME` says what and who; where it comes again and again, have them leave it alone',
  },
};

export const exitTexts: Readonly<Record<ExitCode, string>> = {
  0: 'it went well; with `--detailed-exitcode` also: nothing would change',
  1: 'it did not; the error says what to do. Also: `explain` found a broken hop, `--watch` ended `failed`',
  2: '`plan` and `drift` with `--detailed-exitcode`: something would change',
};

/** Warnings and hints of plans and of publications, where they are made; `{…}` is filled in. */
export const warningTexts: readonly (Told & { readonly file: string })[] = [
  {
    file: 'shared/plan/planWarnings.ts',
    when: '{n} frontends give {n} SNAT ports per firewall instance; AKS asks for {n} frontends in production.',
    remedy: '`firewall.publicIpCount: 20` where many connections leave at once',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: '{n} frontends leave room for {n} published ports.',
    remedy: 'fewer frontends, where more is to be published',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'No rule lets the nodes reach what AKS needs: {names}.',
    remedy: '`egress.presets: [aks]`, or allow the names',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'The rule "{name}" lets the cluster reach every host by name.',
    remedy: 'name the hosts in `egress.allow`',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'The rule "{name}" lets the cluster reach every address.',
    remedy: 'name ranges or service tags in `egress.allow`',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'The preset "{name}" for the {cloud} cloud is as of {date}: compare it with the documentation.',
    remedy: 'add what is missing to `egress.allow`',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'Without the preset "windows" the firewall keeps Windows nodes from their updates and their licence.',
    remedy: 'add it to `egress.presets`',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'Without Azure RBAC the app lists services as a member of one of the groups of administrators, or by a ClusterRoleBinding: give its identity either, or nothing is published.',
    remedy: "`cluster.entra.azureRbac: true` has Azure's roles do it",
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'Without DNS proxy the firewall resolves no names in network rules, so these rules are left out: {rules}.',
    remedy: 'a tier above Basic, where they are needed',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'Running nodes keep the old DNS servers until they restart or renew their lease.',
    remedy: 'restart the nodes where it is urgent',
  },
  {
    file: 'shared/plan/planWarnings.ts',
    when: 'The API server {cluster} is open to the Internet now and will take the authorized ranges only.',
    remedy: 'grant the developers who need it beforehand: `access.developers`',
  },
  {
    file: 'shared/desired/clientSources.ts',
    when: 'The port is open to the whole Internet: the service names no sources',
    remedy: '`gatehouse.dev/sources`, or `ingress.defaultSources`',
  },
  {
    file: 'shared/desired/clientSources.ts',
    when: 'The sources of {origin} are cut down to those that the spec allows',
    remedy: 'widen `ingress.allowedSources`, if they are to come',
  },
  {
    file: 'shared/desired/clientSources.ts',
    when: '{origin} lacks {range}, which the load balancer sees as the client of what comes through the firewall: add it.',
    remedy: "add it to the service's own source ranges",
  },
];
