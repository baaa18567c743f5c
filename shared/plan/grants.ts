import { z } from 'zod';
import type { DeveloperGrant, EnvironmentSpec } from '../model/environmentSpec.ts';
import { contains, rangeOf } from '../model/ipRange.ts';
import type { Problem } from '../model/problem.ts';
import { expiryTime, grantLabel, grantRange } from '../model/spec/fields.ts';
import { MAX_AUTHORIZED_RANGES } from './rangePlan.ts';

export type GrantResult =
  | {
      readonly ok: true;
      readonly grant: DeveloperGrant;
      /** Ranges that hold it already. */ readonly coveredBy?: string;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const grantSchema = z.strictObject({ label: grantLabel, cidr: grantRange, expires: expiryTime.exactOptional() });

/**
 * Judges a developer's access before it is promised: too wide, private, in the past, or more than the API server takes.
 *
 * @param current the cluster's ranges as last seen
 */
export function parseGrant(
  input: unknown,
  { spec, current, now }: { readonly spec: EnvironmentSpec; readonly current: readonly string[]; readonly now: Date },
): GrantResult {
  const parsed = grantSchema.safeParse(input);
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => ({
        path: issue.path.map(String).join('.'),
        message: issue.message,
        remedy: remedyOf(issue) ?? 'Send { "cidr": "203.0.113.7/32", "expires": "2030-01-31T18:00:00Z" }.',
      })),
    };
  }
  const { label, cidr, expires } = parsed.data;
  const refusal = refusalOf({ label, expires }, spec, current, now);
  if (refusal !== undefined) return { ok: false, problems: [refusal] };
  const range = rangeOf(cidr);
  const coveredBy = current.find((text) => {
    const outer = rangeOf(text);
    return range !== undefined && outer !== undefined && contains(outer, range);
  });
  return {
    ok: true,
    grant: { label, cidr, ...(expires === undefined ? {} : { expires }) },
    ...(coveredBy === undefined ? {} : { coveredBy }),
  };
}

function refusalOf(
  { label, expires }: { readonly label: string; readonly expires: string | undefined },
  spec: EnvironmentSpec,
  current: readonly string[],
  now: Date,
): Problem | undefined {
  if (spec.access.developers.some((developer) => developer.label === label)) {
    return {
      path: 'label',
      message: `"${label}" is granted by the spec.`,
      remedy: 'Choose another label, or change the spec.',
    };
  }
  if (expires !== undefined && Date.parse(expires) <= now.getTime()) {
    return { path: 'expires', message: `${expires} is over.`, remedy: 'Give a time to come, or leave it out.' };
  }
  if (current.length >= MAX_AUTHORIZED_RANGES) {
    return {
      path: 'cidr',
      message: `The API server has ${current.length} ranges already; Azure takes at most ${MAX_AUTHORIZED_RANGES}.`,
      remedy: 'Revoke grants that nobody needs any more, or merge several into a wider range (up to /16).',
    };
  }
  return undefined;
}

function remedyOf(issue: z.core.$ZodIssue): string | undefined {
  const params: unknown = 'params' in issue ? issue.params : undefined;
  const remedy = typeof params === 'object' && params !== null && 'remedy' in params ? params.remedy : undefined;
  return typeof remedy === 'string' ? remedy : undefined;
}
