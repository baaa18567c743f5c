import { cloudOf } from '../model/cloud.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { egressCatalogue, type ApplicationRule, type EgressPreset, type NetworkRule } from './egressCatalogue.ts';

/** The spec's own rules come after those of the catalogue. */
const allowCollection = { name: 'egress-allow', priority: 200 };

/**
 * Every name that we give to a collection, whatever the spec: that is what we know our own collections by. A preset that is
 * withdrawn must leave its name here, since firewalls may still hold it.
 */
export const ownCollectionNames = {
  applicationRuleCollections: namesOf((preset) => preset.applicationCollection),
  networkRuleCollections: namesOf((preset) => preset.networkCollection),
};

export interface EgressCollections {
  readonly application: readonly JsonObject[];
  readonly network: readonly JsonObject[];
}

/**
 * The rule collections that presets and `egress.allow` come to, in ARM's form. Names and priorities depend on the preset
 * alone, so adding one never renames or moves another; priorities are unique per kind of rule, as Azure wants them.
 */
export function egressCollections(spec: EnvironmentSpec): EgressCollections {
  const place = { location: spec.location, subnetPrefix: spec.network.clusterSubnet.prefix };
  const cloud = cloudOf(spec.location);
  const presets = spec.egress.presets.map((name) => egressCatalogue[name]);
  const application = presets.map((preset) =>
    collection(preset.applicationCollection, preset.application(place, cloud).map(applicationRule)),
  );
  const network = presets.map((preset) =>
    collection(preset.networkCollection, (preset.network?.(place, cloud) ?? []).map(networkRule)),
  );
  const sources = [place.subnetPrefix];
  const { allow } = spec.egress;
  return {
    application: [
      ...application,
      collection(
        allowCollection,
        allow.application.map((rule) => applicationRule({ ...rule, sources })),
      ),
    ].flat(),
    network: [
      ...network,
      collection(
        allowCollection,
        allow.network.map((rule) => networkRule({ ...rule, sources })),
      ),
    ].flat(),
  };
}

function namesOf(collectionOf: (preset: EgressPreset) => { readonly name: string } | undefined): readonly string[] {
  const catalogued = Object.values(egressCatalogue).flatMap((preset) => collectionOf(preset)?.name ?? []);
  return [...catalogued, allowCollection.name];
}

/** Azure refuses a collection without rules. */
function collection(
  at: { readonly name: string; readonly priority: number } | undefined,
  rules: readonly JsonObject[],
): readonly JsonObject[] {
  if (at === undefined || rules.length === 0) return [];
  return [{ name: at.name, properties: { priority: at.priority, action: { type: 'Allow' }, rules } }];
}

const protocolTypes: Readonly<Record<string, string>> = { http: 'Http', https: 'Https', mssql: 'Mssql' };

function applicationRule(rule: ApplicationRule): JsonObject {
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

function networkRule(rule: NetworkRule): JsonObject {
  return {
    name: rule.name,
    protocols: rule.protocols,
    sourceAddresses: rule.sources,
    ...(hasSome(rule.destinations) && { destinationAddresses: rule.destinations }),
    ...(hasSome(rule.fqdns) && { destinationFqdns: rule.fqdns }),
    destinationPorts: rule.ports,
  };
}

function hasSome(list: readonly string[] | undefined): list is readonly string[] {
  return list !== undefined && list.length > 0;
}
