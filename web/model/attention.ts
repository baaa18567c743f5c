import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { counted } from './format.ts';
import type { Tone } from './tone.ts';

/** Something that somebody should see to, or know. */
export interface Attention {
  readonly key: string;
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  readonly remedy?: string;
  /** What the page can do about it. */
  readonly act?:
    { readonly kind: 'approve'; readonly plan: string; readonly rules: readonly string[] } | { readonly kind: 'retry' };
}

/** What stands out about an environment, the gravest first. */
export function attentionOf(
  { state, steps, sync, access, approved }: EnvironmentAnswer,
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): readonly Attention[] {
  return [
    ...steps.flatMap(({ name, title = name, problem }): Attention[] =>
      problem === undefined
        ? []
        : [
            {
              key: `step.${name}`,
              tone: 'bad',
              title: `${title} failed`,
              detail: problem.message,
              remedy: problem.remedy,
              ...(state === 'failed' ? { act: { kind: 'retry' } } : {}),
            },
          ],
    ),
    ...heldAttention(sync?.report?.held, services?.held, approved, sync?.running === true),
    ...(sync?.lastResult === 'failed' && state === 'ready'
      ? [{ key: 'sync', tone: 'bad', title: 'The last sync failed', detail: 'The newest finding says why.' } as const]
      : []),
    ...driftAttention(drift),
    ...(access?.problem === undefined
      ? []
      : [
          {
            key: 'access',
            tone: 'warn',
            title: 'Authorized ranges',
            detail: access.problem.message,
            remedy: access.problem.remedy,
          } as const,
        ]),
    ...(services?.problems ?? []).map(({ code, message }): Attention => ({
      key: code + message,
      tone: 'warn',
      title: 'Not everything can be seen',
      detail: message,
    })),
  ];
}

type Held = { readonly hash: string; readonly rules: number; readonly reason: string };

/** What is held is told by the last sync; which rules these are, by what was read live, if that is of the same plan. */
function heldAttention(
  held: Held | undefined,
  live: ServicesAnswer['held'],
  approved: string | undefined,
  isRunning: boolean,
): readonly Attention[] {
  if (held === undefined) return [];
  if (held.hash === approved) {
    const title = `${counted(held.rules, 'rule')} ${held.rules === 1 ? 'is' : 'are'} being deleted`;
    const how = isRunning ? 'The firewall is being written.' : 'The next sync does it.';
    return [{ key: 'held', tone: 'busy', title, detail: `Somebody has approved it. ${how}` }];
  }
  const rules = live?.hash === held.hash ? live.rules : [];
  const waits = held.rules === 1 ? 'waits' : 'wait';
  return [
    {
      key: 'held',
      tone: 'warn',
      title: `${counted(held.rules, 'deletion')} ${waits} for approval`,
      detail: held.reason,
      act: { kind: 'approve', plan: held.hash, rules },
    },
  ];
}

function driftAttention(drift: DriftAnswer | undefined): readonly Attention[] {
  const edits = editsIn(drift);
  if (drift === undefined || edits.length === 0) return [];
  const callers = [...new Set(edits.flatMap(({ cause }) => (cause === undefined ? [] : [cause.caller])))];
  const by = callers.length === 0 ? '' : ` Last changed by ${callers.join(', ')}.`;
  return [
    {
      key: 'drift',
      tone: 'bad',
      title: `${counted(edits.length, 'difference')} from what is wanted`,
      detail: `${edits
        .slice(0, 3)
        .map(({ what }) => what)
        .join(', ')}${edits.length > 3 ? ` and ${edits.length - 3} more` : ''}.${by}`,
      remedy:
        drift.action === 'repair'
          ? 'The next sync puts it right; “Sync now” begins one.'
          : 'Drift is only reported here (drift.action: report).',
    },
  ];
}

/** Problems by which services of a cluster are not known. */
const unread: readonly string[] = ['list-failed', 'list-partial', 'cluster-not-listed'];

/** What the state of an environment that is ready leaves out, in a word or two each. */
export function signsOf(
  { state }: EnvironmentAnswer,
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): readonly { readonly tone: Tone; readonly text: string }[] {
  if (state !== 'ready') return [];
  const edits = editsIn(drift).length;
  const isUnread = services?.problems.some(({ code }) => unread.includes(code));
  return [
    ...(edits === 0 ? [] : [{ tone: 'bad', text: counted(edits, 'difference') } as const]),
    ...(isUnread === true ? [{ tone: 'warn', text: 'Services can’t be read' } as const] : []),
  ];
}

/** Differences that a sync of services, a newer catalogue or the spec does not explain, and that matter. */
export const editsIn = (drift: DriftAnswer | undefined): DriftAnswer['findings'] =>
  (drift?.findings ?? []).filter(({ reason, severity }) => reason === undefined && severity !== 'info');
