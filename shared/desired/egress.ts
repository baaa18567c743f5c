import { cloudOf } from '../model/cloud.ts';
import { clusterViews } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { hasJumpbox } from './jumpbox.ts';
import { jumpboxEgress } from './jumpboxEgress.ts';
import { egressCatalogue, type ApplicationRule, type EgressPreset, type NetworkRule } from './egressCatalogue.ts';

/** The spec's own rules come after those of the catalogue. */
export const allowCollection = { name: 'egress-allow', priority: 200 };

/** What the jumpbox is let out to; named so that nobody's own collection is taken for it. */
const jumpboxCollection = { name: 'gatehouse-jumpbox', priority: 210 };

/**
 * Every name that we give to a collection of a kind, whatever the spec: that is what we know our own collections by. A preset
 * that is withdrawn must leave its name here, since firewalls may still hold it.
 */
export const ownCollectionNames = {
  applicationRuleCollections: [...namesOf((preset) => preset.applicationCollection), jumpboxCollection.name],
  networkRuleCollections: namesOf((preset) => preset.networkCollection),
};

/** Rules of one kind that stand together under a name; never empty, since Azure refuses a collection without rules. */
export interface EgressCollection<Rule> {
  readonly name: string;
  /** Unique among those of its kind. */
  readonly priority: number;
  readonly rules: readonly Rule[];
}

/** What presets and `egress.allow` let out, whatever holds the rules. */
export interface Egress {
  readonly application: readonly EgressCollection<ApplicationRule>[];
  readonly network: readonly EgressCollection<NetworkRule>[];
}

/** Names and priorities depend on the preset alone, so adding one never renames or moves another. */
export function egressOf(spec: EnvironmentSpec): Egress {
  const [first = '', ...further] = nodePrefixes(spec);
  const place = { location: spec.location, subnetPrefix: first };
  const cloud = cloudOf(spec.location);
  const presets = spec.egress.presets.map((name) => egressCatalogue[name]);
  const sources = [first, ...further];
  // The catalogue speaks of one subnet; what holds for it holds for those of every other cluster.
  const everywhere = <Rule extends ApplicationRule | NetworkRule>(rules: readonly Rule[]): readonly Rule[] =>
    rules.map((rule) => (rule.sources.includes(first) ? { ...rule, sources: [...rule.sources, ...further] } : rule));
  const { allow } = spec.egress;
  return {
    application: [
      ...presets.map((preset) =>
        collection(preset.applicationCollection, everywhere(preset.application(place, cloud))),
      ),
      collection(
        allowCollection,
        allow.application.map((rule) => ({ ...rule, sources })),
      ),
      collection(jumpboxCollection, hasJumpbox(spec) ? jumpboxEgress(spec) : []),
    ].flat(),
    network: [
      ...presets.map((preset) =>
        collection(
          preset.networkCollection,
          everywhere((preset.network?.(place, cloud) ?? []).filter(isEnforceable(spec))),
        ),
      ),
      collection(
        allowCollection,
        allow.network.map((rule) => ({ ...rule, sources })),
      ),
    ].flat(),
  };
}

/** Where the nodes' traffic comes from: the subnets of every cluster, adopted or not. Canonical CIDRs. */
function nodePrefixes(spec: EnvironmentSpec): readonly string[] {
  const found = spec.adopt?.found?.clusters ?? [];
  const adopted = found.flatMap(({ subnets }) => subnets.flatMap(({ prefixes }) => prefixes));
  const created = clusterViews(spec).map(({ network }) => network.clusterSubnet.prefix);
  return adopted.length === 0 ? created : [...new Set(adopted)];
}

/**
 * Names in network rules need the DNS proxy. Without it a preset leaves such a rule out: the one that there is, to
 * ntp.ubuntu.com, AKS has not needed since March 2021 (https://learn.microsoft.com/azure/aks/outbound-rules-control-egress).
 */
export const isEnforceable =
  ({ firewall }: EnvironmentSpec) =>
  ({ fqdns }: NetworkRule): boolean =>
    firewall.dnsProxy || !hasSome(fqdns);

export interface EgressCollections {
  readonly application: readonly JsonObject[];
  readonly network: readonly JsonObject[];
}

/** The rule collections of a classic firewall, in ARM's form. */
export function egressCollections(spec: EnvironmentSpec): EgressCollections {
  const { application, network } = egressOf(spec);
  return {
    application: application.map((one) => classicCollection(one, applicationRule)),
    network: network.map((one) => classicCollection(one, (rule) => networkRule(rule, 'protocols'))),
  };
}

function classicCollection<Rule>(
  { name, priority, rules }: EgressCollection<Rule>,
  body: (rule: Rule) => JsonObject,
): JsonObject {
  return { name, properties: { priority, action: { type: 'Allow' }, rules: rules.map(body) } };
}

function namesOf(collectionOf: (preset: EgressPreset) => { readonly name: string } | undefined): readonly string[] {
  const catalogued = Object.values(egressCatalogue).flatMap((preset) => collectionOf(preset)?.name ?? []);
  return [...catalogued, allowCollection.name];
}

function collection<Rule>(
  at: { readonly name: string; readonly priority: number } | undefined,
  rules: readonly Rule[],
): readonly EgressCollection<Rule>[] {
  return at === undefined || rules.length === 0 ? [] : [{ ...at, rules }];
}

const protocolTypes: Readonly<Record<string, string>> = { http: 'Http', https: 'Https', mssql: 'Mssql' };

/** The same on a classic firewall and in a policy. */
export function applicationRule(rule: ApplicationRule): JsonObject {
  return {
    name: rule.name,
    sourceAddresses: rule.sources,
    protocols: rule.protocols.map((protocol) => {
      const [type = '', port] = protocol.split(':');
      return { protocolType: protocolTypes[type], port: Number(port) };
    }),
    ...(rule.fqdnTags !== undefined && { fqdnTags: rule.fqdnTags }),
    ...(rule.fqdns !== undefined && { targetFqdns: rule.fqdns }),
  };
}

/** @param protocols what the rule's protocols are called: `protocols` on a classic firewall, `ipProtocols` in a policy */
export function networkRule(rule: NetworkRule, protocols: 'protocols' | 'ipProtocols'): JsonObject {
  return {
    name: rule.name,
    [protocols]: rule.protocols,
    sourceAddresses: rule.sources,
    ...(hasSome(rule.destinations) && { destinationAddresses: rule.destinations }),
    ...(hasSome(rule.fqdns) && { destinationFqdns: rule.fqdns }),
    destinationPorts: rule.ports,
  };
}

function hasSome(list: readonly string[] | undefined): list is readonly string[] {
  return list !== undefined && list.length > 0;
}
