import { problemKinds } from '../shared/model/problemKinds.ts';
import { keepsRule } from '../shared/desired/publications.ts';
import { problemCodes } from '../shared/model/problemCodes.ts';
import { hopOfCode } from '../shared/plan/explain.ts';
import {
  conflictTexts,
  deletionTexts,
  driftTexts,
  exitTexts,
  keptTexts,
  listTexts,
  noteTexts,
  noticeTexts,
  preflightTexts,
  skipTexts,
  warningTexts,
} from './errorTexts.ts';
import { asCell, code, table } from './markdown.ts';

/** docs/errors.md, whole. */
export function errorsPage(): string {
  return `${sections.join('\n\n')}\n`;
}

const entries = <Key extends string, Value>(record: Readonly<Record<Key, Value>>): readonly (readonly [Key, Value])[] =>
  Object.entries(record) as [Key, Value][];

const told = (record: Readonly<Record<string, { readonly when: string; readonly remedy: string }>>) =>
  Object.entries(record).map(([name, { when, remedy }]) => [code(name), when, asCell(remedy)]);
const said = (record: Readonly<Record<string, string>>) =>
  Object.entries(record).map(([name, text]) => [code(name), text]);

/** What to do for a port that has no rule, and what becomes of one that it has. */
export const skippedTable = (): string =>
  table(
    ['code', 'rule stays', 'remedy'],
    entries(skipTexts).map(([name, { remedy }]) => [code(name), keepsRule.has(name) ? 'yes' : '', remedy]),
  );

/** What a webhook hears, and when. */
export const noticesTable = (): string =>
  table(
    ['kind', 'told'],
    entries(noticeTexts).map(([kind, { when }]) => [code(kind), when]),
  );

/** What the command ends with. */
export function exitCodesTable(): string {
  return table(['code', 'means'], Object.entries(exitTexts));
}

const sections: readonly string[] = [
  '# Errors and what to do about them',
  `Made from the code by \`npm run reference\`; what stands in braces is filled in. Where to look for what is wrong:
[troubleshooting](troubleshooting.md).`,

  '## Refusals of the HTTP interface',
  `A [problem document](http.md#errors) of \`type\` \`urn:gatehouse:problem:…\`. Where the answer knows more, its own \`remedy\` says more than this one.`,
  table(
    ['type', 'status', 'title', 'when', 'remedy'],
    entries(problemKinds).map(([name, { status, title, when, remedy }]) => [
      code(name),
      String(status),
      title,
      when,
      asCell(remedy),
    ]),
  ),
  `Of a spec every problem is told at once, each with its field and its remedy: the values that a field takes are in [the spec](spec.md), and in the
[OpenAPI document](openapi.json). Before anything is started, the subscription is looked at as well:`,
  table(['field', 'what is in the way', 'remedy'], told(preflightTexts)),

  '## Steps and syncs',
  `The \`code\` of a problem of a step, of a sync or of the authorized ranges. Any other is Azure's own, with its message: the remedy names the role, the
quota or the resource that is meant. What passes by itself (throttling, another operation on the resource) is waited out, and is no problem.`,
  table(['code', 'when', 'remedy'], told(problemCodes)),

  '## Service ports without a rule',
  `The \`code\` of what \`GET …/services\` lists as \`skipped\`, and the hop that \`gatehouse explain\` shows as broken. A rule that the port has already stays
meanwhile for ${[...keepsRule].map(code).join(', ')}.`,
  table(
    ['code', 'hop', 'when', 'remedy'],
    entries(skipTexts).map(([name, { when, remedy }]) => [code(name), hopOfCode[name], when, remedy]),
  ),

  '### Conflicts',
  table(['kind', 'when', 'remedy'], told(conflictTexts)),

  '### What stands in the way of a sync',
  'The `problems` of `GET …/services`. Nothing is deleted of what they are about.',
  table(['code', 'when', 'remedy'], told(listTexts)),

  '### Rules that go, and rules that stay',
  'The `code` of `deleted` and `kept`; those of skipped ports and of lists occur here as well.',
  table(['code', 'why'], [...said(deletionTexts), ...said(keptTexts)]),

  '### Events on services',
  'What `kubectl describe service` shows, by its `reason`.',
  table(['reason', 'says'], said(noteTexts)),

  '## Warnings',
  'Of plans, and of publications. They keep nothing from being done.',
  table(
    ['warning', 'what helps'],
    warningTexts.map(({ when, remedy }) => [when, remedy]),
  ),

  '## Drift',
  'The `check` of a finding of `GET …/drift`. With `drift.action: repair` a sync writes what differs, but for what is said otherwise here.',
  table(['check', 'what differs'], said(driftTexts)),

  '## Notices',
  'The kinds of what a [webhook](notifications.md) hears.',
  table(['kind', 'told', 'what to do'], told(noticeTexts)),

  '## Exit codes of the command',
  exitCodesTable(),
];
