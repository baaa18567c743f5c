import * as z from 'zod';
import { contains, rangeOf } from './ipRange.ts';
import type { Problem } from './problem.ts';
import { expiryTime, grantLabel, grantRange } from './spec/fields.ts';
import { formProblems } from './spec/problems.ts';
import type { DeveloperGrant } from './spec/types.ts';

export type GrantResult =
  | {
      readonly ok: true;
      readonly grant: DeveloperGrant;
      /** A range that lets the developer in already, for as long as it stays; the grant is kept beside it. */
      readonly coveredBy?: string;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface GrantContext {
  readonly now: Date;
  /** The cluster's authorized ranges. */
  readonly ranges: readonly string[];
  /** How many ranges the cluster may have. */
  readonly maxRanges: number;
  /** Other grants that will stand; the one that is replaced doesn't count. */
  readonly grants: readonly DeveloperGrant[];
}

/** The body of a grant, whose label stands in the path; the caller's own address as cidr is `auto`. */
export const grantBodySchema = z.strictObject({ cidr: grantRange, expires: expiryTime.exactOptional() });

const grantSchema = z.strictObject({ label: grantLabel, ...grantBodySchema.shape });

/**
 * Reads a grant as a caller sends it, and judges it as far as that can be told before it is written.
 *
 * @param input `{ label, cidr, expires? }`; `expires` in ISO 8601 with its offset
 * @returns the grant with canonical range and time in UTC, or everything that is wrong with it. Never throws.
 */
export function parseGrant(input: unknown, context: GrantContext): GrantResult {
  const parsed = grantSchema.safeParse(input);
  if (!parsed.success) {
    return { ok: false, problems: formProblems(grantSchema, input, parsed.error.issues).map(({ problem }) => problem) };
  }
  const grant = parsed.data;
  const problems = [...expiryProblems(grant, context.now), ...roomProblems(grant, context)];
  if (problems.length > 0) return { ok: false, problems };
  const coveredBy = coveringRange(grant, context.ranges);
  return { ok: true, grant, ...(coveredBy !== undefined && { coveredBy }) };
}

function expiryProblems({ expires }: DeveloperGrant, now: Date): readonly Problem[] {
  if (expires === undefined || Date.parse(expires) > now.getTime()) return [];
  return [
    {
      path: 'expires',
      message: `${expires} is over`,
      remedy: `Give a time after ${now.toISOString()}, or leave it out for a grant that stands until it is revoked.`,
    },
  ];
}

function roomProblems(grant: DeveloperGrant, { ranges, maxRanges, grants }: GrantContext): readonly Problem[] {
  if (coveringRange(grant, ranges) !== undefined) return [];
  // Grants that were given a moment ago may not stand in the cluster's list yet.
  const pending = grants.filter((other) => other.label !== grant.label && coveringRange(other, ranges) === undefined);
  if (ranges.length + pending.length < maxRanges) return [];
  return [
    {
      path: 'cidr',
      message: `the API server has ${ranges.length + pending.length} authorized ranges, and Azure takes at most ${maxRanges}`,
      remedy: 'Revoke grants that are no longer needed, or merge them into wider ranges (up to /16).',
    },
  ];
}

/** The range that lets the developer in where the grant's own is not in the list, since another covers it. */
export function widerRange(grant: Pick<DeveloperGrant, 'cidr'>, ranges: readonly string[]): string | undefined {
  const own = rangeOf(grant.cidr)?.cidr;
  return ranges.some((text) => rangeOf(text)?.cidr === own) ? undefined : coveringRange(grant, ranges);
}

function coveringRange({ cidr }: Pick<DeveloperGrant, 'cidr'>, ranges: readonly string[]): string | undefined {
  const granted = rangeOf(cidr);
  return ranges.find((text) => {
    const range = rangeOf(text);
    return range !== undefined && granted !== undefined && contains(range, granted);
  });
}
