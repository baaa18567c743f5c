import type { Problem } from '../model/problem.ts';
import { sentences } from '../model/sentences.ts';
import type { AdoptionGap } from './adoptionGaps.ts';
import { unpainted, type Paint } from './paint.ts';
import type { Plan } from './plan.ts';
import type { PreviewedPublications } from './previewedPublications.ts';
import { renderPublications } from './renderPublications.ts';
import { renderResources } from './renderResources.ts';
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

/** The preview for people: what stands in the way, and what of the spec changes, comes last. Ends in a newline. */
export function renderPreview(preview: Preview, paint: Paint = unpainted): string {
  const { publications, changes, conflicts, problems, warnings, hints } = preview;
  const lines = [
    ...renderResources(preview, paint),
    ...(publications === undefined ? [] : renderPublications(publications, paint)),
    ...section('', summaryOf(preview)),
    ...section(paint('warning', 'Warnings'), warnings),
    ...(isNew(preview) ? section('Hints', hints) : []),
    ...section(paint('problem', 'Conflicts'), conflicts.map(told)),
    ...section(paint('problem', 'Problems'), problems.map(told)),
  ];
  return `${lines.join('\n')}\n${changes === undefined ? '' : renderSpecChanges(changes, paint)}`;
}

/** What is written, at a glance. Where something stands in the way, that nothing differs says nothing. */
function summaryOf(preview: Preview): readonly string[] {
  const { counts, firewallWrites, expectedMinutes } = preview;
  const { create, modify, none, foreign } = counts;
  if (create + modify + foreign + firewallWrites > 0) {
    return [
      `Resource changes: ${create} to create, ${modify} to modify, ${none} unchanged, ${foreign} foreign.`,
      `Firewall writes: ${firewallWrites}. Expected time: ${expectedMinutes} minutes.`,
    ];
  }
  if (isBlocked(preview)) return [];
  return beginsAdoption(preview)
    ? ['What exists stays as it is; from then on Gatehouse publishes the services of the clusters on the firewall.']
    : ['No resource changes: every resource is as the spec wants it.'];
}

const beginsAdoption = ({ gaps, changes, publications }: Preview): boolean =>
  gaps !== undefined && changes === undefined && publications === undefined;

/** Nothing of it stands yet: what the article would do otherwise is of use before it is built. */
const isNew = ({ counts, changes }: Preview): boolean => changes === undefined && counts.none + counts.modify === 0;

const told = ({ message, remedy }: Problem): string => sentences(message, remedy);

/** @param title none: the lines stand for themselves */
function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return title === '' ? ['', ...lines] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
