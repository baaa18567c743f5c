import { deepFreeze } from './freeze.ts';
import { subscriptionOf } from './armId.ts';
import { isJsonObject, isList, type Json, type JsonObject } from './json.ts';
import { managementSubnetName } from './names.ts';
import type { Problem } from './problem.ts';
import { relationProblems } from './spec/checks.ts';
import { placedClusters } from './spec/clusterList.ts';
import { hasDnsProxy, managementRange } from './spec/firewallDefaults.ts';
import { dotted, formProblems, type Path } from './spec/problems.ts';
import { specSchema, type SpecDraft } from './spec/schema.ts';
import type { EnvironmentSpec, SpecContext, SpecResult } from './spec/types.ts';

export type * from './spec/types.ts';
export type * from './spec/adoptTypes.ts';

/** Stands in for a name that can't be used, so that the rest of a spec can still be judged. */
const STAND_IN_NAME = 'environment';

/**
 * Reads a spec from what a caller sent (parsed JSON or YAML). Everything that is wrong is reported at once, each problem
 * with its path and a remedy; nothing is guessed, dropped or ignored.
 *
 * @returns the spec with every default filled in, deeply frozen; or at least one problem. Never throws.
 */
export function parseEnvironmentSpec(input: unknown, context: SpecContext): SpecResult {
  if (!isJsonObject(input)) {
    const problem = {
      path: '',
      message: 'a spec is an object',
      remedy: 'Send at least { "name": "aks-egress" }, as JSON or YAML.',
    };
    return { ok: false, problems: [problem] };
  }
  const { draft, problems: ofForm, broken } = draftOf(input);
  const sound = (path: string) => !broken.some((one) => path === one || path.startsWith(`${one}.`));
  const problems = [...ofForm, ...relationProblems({ draft, sound, input, context })];
  const subscription =
    draft.adopt === undefined
      ? (draft.subscription ?? context.subscription?.toLowerCase())
      : subscriptionOf(draft.adopt.firewall);
  if (problems.length > 0 || subscription === undefined) return { ok: false, problems };
  return { ok: true, spec: deepFreeze(specOf(draft, subscription)) };
}

/**
 * A spec as this version of the app knows it: fields that an older one did not have get their defaults. How fields fit together
 * is not judged again, since the settings that it was judged by may have changed.
 *
 * @returns undefined for what is no spec
 */
export function completedSpec(spec: unknown): EnvironmentSpec | undefined {
  const { data } = specSchema.safeParse(spec);
  return data?.subscription === undefined ? undefined : deepFreeze(specOf(data, data.subscription));
}

/** Whether two specs ask for the same, whichever versions of the app have read them. */
export const sameSpec = (a: EnvironmentSpec, b: EnvironmentSpec): boolean =>
  JSON.stringify(completedSpec(a) ?? a) === JSON.stringify(completedSpec(b) ?? b);

interface Draft {
  readonly draft: SpecDraft;
  readonly problems: readonly Problem[];
  /** Dotted paths of what could not be used. */
  readonly broken: readonly string[];
}

/**
 * The input in the schema's form. What can't be used is reported and taken out, as if it had been left out; when that
 * leaves a gap in something that needs it, the next round takes that out as well.
 */
function draftOf(input: JsonObject): Draft {
  const parsed = specSchema.safeParse(input);
  if (parsed.success) return { draft: parsed.data, problems: [], broken: [] };
  const faults = formProblems(specSchema, input, parsed.error.issues);
  const usable = without(
    input,
    faults.map(({ at }) => at),
  );
  const { draft, broken } = draftOf({ ...usable, name: usable.name ?? STAND_IN_NAME });
  return {
    draft,
    problems: faults.map(({ problem }) => problem),
    broken: [...faults.map(({ at }) => dotted(at)), ...broken],
  };
}

/**
 * The object without what lies at the paths. An entry of a list goes as a whole, since what would be left of it might lack
 * something that it needs; the other entries are still judged.
 */
function without(object: JsonObject, paths: readonly Path[]): JsonObject {
  const entries = Object.entries(object).flatMap(([name, value]): [string, Json | undefined][] => {
    const below = paths.filter(([key]) => key === name).map(([, ...rest]) => rest);
    if (below.length === 0) return [[name, value]];
    if (below.some((rest) => rest.length === 0)) return [];
    if (isJsonObject(value)) return [[name, without(value, below)]];
    const kept = isList(value) ? value.filter((_, index) => !below.some(([at]) => at === index)) : [];
    return kept.length === 0 ? [] : [[name, kept]];
  });
  return Object.fromEntries(entries);
}

/** The spec that a draft without problems stands for. What isn't built yet has been refused, so those fields are constant. */
function specOf(draft: SpecDraft, subscription: string): EnvironmentSpec {
  const { name, location, network, firewall, egress, access, ingress, drift, jumpbox, adopt } = draft;
  const management = managementRange(draft);
  const clusters = placedClusters(draft);
  const { subnet, ...first } = clusters[0]!;
  return {
    name,
    subscription,
    location,
    network: {
      addressSpace: network.addressSpace,
      clusterSubnet: subnet,
      firewallSubnet: network.firewallSubnet,
      ...(management !== undefined && { managementSubnet: { name: managementSubnetName, prefix: management } }),
      ...(network.ingressSubnet !== undefined && { ingressSubnet: network.ingressSubnet }),
    },
    firewall: { ...firewall, zones: [...new Set(firewall.zones)].toSorted(), dnsProxy: hasDnsProxy(firewall) },
    egress: { ...egress, presets: [...new Set(egress.presets)] },
    cluster: first,
    ...(draft.clusters === undefined ? {} : { clusters }),
    access,
    ingress: { ...ingress, expose: ingress.expose ?? (adopt === undefined ? 'public' : 'annotated') },
    drift,
    ...(jumpbox === undefined ? {} : { jumpbox }),
    ...(adopt === undefined ? {} : { adopt }),
  };
}
