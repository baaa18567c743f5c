import { v5 as uuidV5 } from 'uuid';
import type { EnvironmentState } from '../model/environmentStatus.ts';
import { sentences } from '../model/sentences.ts';
import type { Notice } from '../model/notice.ts';
import type { StepProblem, StepStatus } from '../model/step.ts';
import type { SyncReport } from '../model/syncReport.ts';

/** What notices are made from. */
export interface NoticedEnvironment {
  readonly name: string;
  /** What the environment is in. */
  readonly shown: EnvironmentState;
  /** Since when, ISO 8601. */
  readonly since: string;
  readonly readyAt?: string;
  readonly steps: readonly Pick<StepStatus, 'name' | 'problem'>[];
  readonly problem?: StepProblem;
  readonly lastSync?: { readonly time: string; readonly report?: SyncReport; readonly problem?: StepProblem };
  /** The last sync that wrote the firewall: another may have followed before anybody has looked. */
  readonly lastChange?: { readonly time: string; readonly report: SyncReport };
  /** When each difference that still stands was first seen, ISO 8601, by `check: what`. */
  readonly driftSince: Readonly<Record<string, string>>;
}

const NAME_SPACE = 'c2b1f8b4-3a3e-5b0f-9d52-7e0a6f1d2c11';
const SHOWN_DIFFERENCES = 5;

/** Everything that there is to tell of an environment as it stands, each once; the same as long as it stands. */
export function noticesOf(environment: NoticedEnvironment): readonly Notice[] {
  const found = [finished, failed, syncFailed, held].flatMap((find) => find(environment) ?? []);
  const { lastSync, lastChange } = environment;
  const drift = [lastSync, lastChange].flatMap((sync) => driftOf(environment, sync) ?? []);
  return [...new Map([...found, ...drift].map((notice) => [notice.id, notice])).values()];
}

type Found = Omit<Notice, 'id' | 'environment'> & { readonly distinguishes: readonly string[] };

const noticeOf = (name: string, { distinguishes, ...found }: Found): Notice => ({
  id: `notice-${uuidV5(JSON.stringify([name, found.kind, ...distinguishes]), NAME_SPACE)}`,
  environment: name,
  ...found,
});

function finished({ name, readyAt }: NoticedEnvironment): Notice | undefined {
  if (readyAt === undefined) return undefined;
  return noticeOf(name, {
    kind: 'creation-finished',
    severity: 'info',
    time: readyAt,
    distinguishes: [readyAt],
    title: `${name} is ready`,
    text: 'Firewall, network and clusters stand; services are published from now on.',
  });
}

function failed({ name, shown, since, steps, problem }: NoticedEnvironment): Notice | undefined {
  if (shown !== 'failed') return undefined;
  const what = problem ?? steps.find((step) => step.problem !== undefined)?.problem;
  const told = what === undefined ? 'Its lane has stopped.' : sentences(what.message, what.remedy);
  return noticeOf(name, {
    kind: 'environment-failed',
    severity: 'error',
    time: since,
    distinguishes: [since],
    title: `${name} has failed`,
    text: `${told} Then go on with: gatehouse retry ${name}`,
  });
}

/** Syncs are tried again every quarter of an hour: one of each kind and day is told. */
function syncFailed({ name, lastSync }: NoticedEnvironment): Notice | undefined {
  const problem = lastSync?.problem;
  if (lastSync === undefined || problem === undefined) return undefined;
  return noticeOf(name, {
    kind: 'sync-failed',
    severity: 'error',
    time: lastSync.time,
    distinguishes: [problem.code, lastSync.time.slice(0, 10)],
    title: `A sync of ${name} has failed`,
    text: sentences(problem.message, problem.remedy),
  });
}

function held({ name, lastSync }: NoticedEnvironment): Notice | undefined {
  const { held: deletions } = lastSync?.report ?? {};
  if (lastSync === undefined || deletions === undefined) return undefined;
  return noticeOf(name, {
    kind: 'deletions-held',
    severity: 'warning',
    time: lastSync.time,
    distinguishes: [deletions.hash],
    title: `${deletions.rules} deletions are held in ${name}`,
    text: `${deletions.reason} Look at them with: gatehouse services ${name}; release them with: gatehouse approve ${name}`,
  });
}

/** What is repaired by the very sync that has found it is told as well: somebody has changed the firewall by hand. */
function driftOf({ name, driftSince }: NoticedEnvironment, sync: NoticedEnvironment['lastSync']): Notice | undefined {
  const { drift = [], causes = [] } = sync?.report ?? {};
  if (sync === undefined || drift.length === 0) return undefined;
  const since = drift.map((what) => driftSince[what]).filter((time) => time !== undefined);
  const more = drift.length > SHOWN_DIFFERENCES ? ` and ${drift.length - SHOWN_DIFFERENCES} more` : '';
  return noticeOf(name, {
    kind: 'drift-found',
    severity: 'warning',
    time: sync.time,
    // A difference that stands is told once; one that was repaired and has come back is another.
    distinguishes: [...drift.toSorted(), since.toSorted()[0] ?? sync.time],
    title: `${name} differs from what it should be`,
    text: [`${drift.slice(0, SHOWN_DIFFERENCES).join('; ')}${more}.`, ...causes, `See: gatehouse drift ${name}`].join(
      ' ',
    ),
  });
}
