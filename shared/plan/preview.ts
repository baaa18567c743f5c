import type { Problem } from '../model/problem.ts';
import type { AdoptionGap } from './adoptionGaps.ts';
import { unpainted, type Paint } from './paint.ts';
import type { Plan } from './plan.ts';
import type { PreviewedPublications } from './previewedPublications.ts';
import { renderPlan } from './render.ts';
import { renderPublications } from './renderPublications.ts';
import { renderSpecChanges } from './renderSpecChanges.ts';
import type { SpecChange } from './specChanges/specChange.ts';

/** What would happen, and what would keep it from beginning: its conflicts are those of the preflight. */
export interface Preview extends Plan {
  /** Everything but foreign resources that stands in the way: unregistered providers, location, quotas, versions. */
  readonly problems: readonly Problem[];
  /** Of an adoption: what is missing around what exists, and what would mend it. */
  readonly gaps?: readonly AdoptionGap[];
  /** Of another spec for a living environment. */
  readonly changes?: readonly SpecChange[];
  /** Of a living environment whose services could be looked at. */
  readonly publications?: PreviewedPublications;
}

/** Whether anything would be written, of resources, rules or the spec. */
export const changesSomething = ({ counts, changes = [], publications }: Preview): boolean =>
  counts.create + counts.modify + changes.length > 0 || publications?.writes === true;

/** Whether anything keeps what is previewed from being begun. */
export const isBlocked = ({ conflicts, problems, changes = [] }: Preview): boolean =>
  conflicts.length + problems.length > 0 || changes.some(({ applied }) => applied === 'refused');

/** The preview for people. Ends in a newline. */
export function renderPreview(preview: Preview, paint: Paint = unpainted): string {
  const { publications, changes, conflicts, problems } = preview;
  const rules = publications === undefined ? [] : renderPublications(publications, paint);
  return [
    renderPlan({ ...preview, conflicts: [] }, paint, rules),
    section('Conflicts', conflicts, paint),
    section('Problems', problems, paint),
    ...(changes === undefined ? [] : [renderSpecChanges(changes, paint)]),
  ].join('');
}

const section = (title: string, problems: readonly Problem[], paint: Paint): string =>
  problems.length === 0
    ? ''
    : `\n${paint('problem', title)}:\n${problems.map(({ message, remedy }) => `  ${message} ${remedy}\n`).join('')}`;
