import { deepFreeze } from './freeze.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { relationProblems } from './spec/checks.ts';
import { dotted, formProblems, type FormProblem } from './spec/problems.ts';
import { specSchema, type SpecDraft } from './spec/schema.ts';
import type { EnvironmentSpec, SpecContext, SpecResult } from './spec/types.ts';

export type * from './spec/types.ts';

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
  const { draft, faults } = draftOf(input);
  const broken = faults.map(({ at }) => dotted(at));
  const sound = (path: string) => !broken.some((one) => path === one || path.startsWith(`${one}.`));
  const problems = [...faults.map(({ problem }) => problem), ...relationProblems({ draft, sound, input, context })];
  const subscription = draft.subscription ?? context.subscription?.toLowerCase();
  if (problems.length > 0 || subscription === undefined) return { ok: false, problems };
  return { ok: true, spec: deepFreeze(specOf(draft, subscription)) };
}

/** The input in the schema's form. What can't be used is taken out, as if it had been left out, and reported. */
function draftOf(input: JsonObject): { readonly draft: SpecDraft; readonly faults: readonly FormProblem[] } {
  const parsed = specSchema.safeParse(input);
  if (parsed.success) return { draft: parsed.data, faults: [] };
  const faults = formProblems(specSchema, input, parsed.error.issues);
  const usable = faults.reduce((rest, { at }) => without(rest, at), input);
  return { draft: specSchema.parse({ ...usable, name: usable.name ?? STAND_IN_NAME }), faults };
}

/** The object without what lies at the path. A list goes as a whole, since its other entries would change places. */
function without(object: JsonObject, [key, ...rest]: readonly PropertyKey[]): JsonObject {
  const entries = Object.entries(object).flatMap(([name, value]): [string, Json | undefined][] => {
    if (name !== key) return [[name, value]];
    return rest.length > 0 && isJsonObject(value) ? [[name, without(value, rest)]] : [];
  });
  return Object.fromEntries(entries);
}

/** The spec that a draft without problems stands for. What isn't built yet has been refused, so those fields are constant. */
function specOf(draft: SpecDraft, subscription: string): EnvironmentSpec {
  const { name, location, network, firewall, egress, cluster, access, ingress } = draft;
  return {
    name,
    subscription,
    location,
    network: {
      addressSpace: network.addressSpace,
      clusterSubnet: network.clusterSubnet,
      firewallSubnet: network.firewallSubnet,
    },
    firewall: { ...firewall, tier: 'Standard', rules: 'classic', dnsProxy: true },
    egress: { presets: [...new Set(egress.presets)], allow: egress.allow, apiServer: false },
    cluster: {
      name: cluster.name ?? name,
      nodeCount: cluster.nodeCount,
      nodeSize: cluster.nodeSize,
      ...(cluster.version !== undefined && { version: cluster.version }),
      cni: 'azure',
      identity: 'system-assigned',
      serviceCidr: cluster.serviceCidr,
      private: false,
    },
    access: { developers: access.developers.map(({ label, cidr }) => ({ label, cidr })) },
    ingress: {
      ...ingress,
      expose: 'public',
      namespaces: 'all',
      allowedSources: 'all',
      allowedPorts: 'all',
      policy: 'sync',
    },
    drift: { action: 'repair' },
  };
}
