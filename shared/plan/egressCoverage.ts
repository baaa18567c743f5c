import { egressOf } from '../desired/egress.ts';
import { egressCatalogue, type ApplicationRule, type NetworkRule } from '../desired/egressCatalogue.ts';
import { requiredNames, type RequiredName } from '../desired/requiredEgress.ts';
import { cloudOf } from '../model/cloud.ts';
import { restrictedClustersOf } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';

export interface EgressCoverage {
  /** What AKS needs and no rule of the spec lets out. */
  readonly missing: readonly RequiredName[];
  /** Rules of presets that AKS needs no longer. */
  readonly needless: readonly NeedlessRule[];
}

interface NeedlessRule {
  readonly rule: string;
  readonly why: string;
}

/** The FQDN tag that Azure keeps for AKS; it stands for the public cloud's required names. */
const AKS_TAG = 'azurekubernetesservice';

/**
 * What the egress rules of a spec leave out of what AKS documents as required, and what they hold beyond it. A name counts as let out
 * where one rule covers all that it stands for, on HTTPS: an application rule with the name, a wildcard above it, or AKS' FQDN tag; or a
 * network rule to the name or to everywhere.
 */
export function egressCoverage(spec: EnvironmentSpec): EgressCoverage {
  const cloud = cloudOf(spec.location);
  const { application, network } = egressOf(spec);
  const applicationRules = application.flatMap(({ rules }) => rules);
  const networkRules = network.flatMap(({ rules }) => rules);
  const isTagged = cloud === 'public' && applicationRules.some((rule) => isOnHttps(rule) && hasTag(rule));
  const isLetOut = ({ fqdn }: RequiredName) =>
    isTagged ||
    applicationRules.some((rule) => isOnHttps(rule) && (rule.fqdns ?? []).some((pattern) => covers(pattern, fqdn))) ||
    networkRules.some((rule) => isOnPort443(rule) && goesTo(rule, fqdn));
  const isPrivate = restrictedClustersOf(spec).length === 0;
  return {
    missing: requiredNames(cloud, spec.location).filter(
      (name) => !(isPrivate && name.publicApiServer === true) && !isLetOut(name),
    ),
    needless: spec.egress.presets.flatMap((name) => egressCatalogue[name].needless?.[cloud] ?? []),
  };
}

/**
 * Whether everything that `wanted` stands for lies within `pattern`. Azure's `*.example.com` stands for what is below example.com at any
 * depth, and not for example.com itself.
 */
export function covers(pattern: string, wanted: string): boolean {
  const [outer, inner] = [pattern.toLowerCase(), wanted.toLowerCase()];
  return outer === '*' || outer === inner || (outer.startsWith('*.') && inner.endsWith(outer.slice(1)));
}

const hasTag = ({ fqdnTags = [] }: ApplicationRule): boolean => fqdnTags.some((tag) => tag.toLowerCase() === AKS_TAG);

const isOnHttps = ({ protocols }: ApplicationRule): boolean => protocols.includes('https:443');

function isOnPort443({ protocols, ports }: NetworkRule): boolean {
  return (
    protocols.some((protocol) => protocol === 'TCP' || protocol === 'Any') &&
    ports.some((text) => {
      const [first = '', last = first] = text.split('-');
      return text === '*' || (Number(first) <= 443 && 443 <= Number(last));
    })
  );
}

/** By DNS a network rule knows single names alone. */
const goesTo = ({ destinations = [], fqdns = [] }: NetworkRule, wanted: string): boolean =>
  destinations.some((one) => one === '*' || one === '0.0.0.0/0') || fqdns.some((fqdn) => covers(fqdn, wanted));
