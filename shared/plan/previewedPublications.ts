import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { Plan } from './plan.ts';
import type { PublicationPlan } from './publicationPlan.ts';

/** What the next sync would do to the rules of services. */
export interface PreviewedPublications extends Pick<
  PublicationPlan,
  'created' | 'updated' | 'deleted' | 'kept' | 'held'
> {
  readonly unchanged: number;
  readonly skipped: number;
  /** Whether the rules would be written at all. */
  readonly writes: boolean;
}

/** Minutes that a write of the rules takes, by what holds them: the recorded medians. */
const writeMinutes = { classic: 4, policy: 1.5 } as const;

/**
 * A living environment's plan with what its services call for. Rules of a classic firewall go with the firewall's own write, so
 * that there is one write of both.
 */
export function withPublications<Planned extends Plan>(
  plan: Planned,
  publications: PublicationPlan,
  spec: EnvironmentSpec,
): Planned & { readonly publications: PreviewedPublications } {
  const { created, updated, deleted, kept, held, unchanged, skipped, natRuleCollections } = publications;
  const writes = natRuleCollections !== undefined;
  const adds = writes && plan.firewallWrites === 0;
  return {
    ...plan,
    firewallWrites: plan.firewallWrites + (adds ? 1 : 0),
    expectedMinutes: Math.max(plan.expectedMinutes, writes ? writeMinutes[spec.firewall.rules] : 0),
    warnings: [...plan.warnings, ...warningsOf(publications, writes, spec)],
    publications: {
      created,
      updated,
      deleted,
      kept,
      ...(held === undefined ? {} : { held }),
      unchanged: unchanged.length,
      skipped: skipped.length,
      writes,
    },
  };
}

function warningsOf(plan: PublicationPlan, writes: boolean, { firewall }: EnvironmentSpec): readonly string[] {
  const { created, updated, deleted, unchanged, held } = plan;
  const open = [...created, ...updated].filter(({ rule }) => rule.sources.includes('*'));
  const standing = unchanged.length + updated.length + deleted.length;
  const deletesMuch = deleted.length > 1 && deleted.length * 2 >= standing;
  const ports = open.map(({ namespace, service, port }) => `${namespace}/${service} ${port}`).join(', ');
  return [
    ...(open.length === 0 ? [] : [`Opens to the whole Internet: ${ports}.`]),
    ...(deletesMuch ? [`Deletes ${deleted.length} of ${standing} rules.`] : []),
    ...(held === undefined ? [] : [`${held.rules.length} deletions would be held: ${held.reason}`]),
    ...(writes && firewall.rules === 'classic'
      ? ['A classic firewall takes 3 to 5 minutes for a write, and no other meanwhile.']
      : []),
  ];
}
