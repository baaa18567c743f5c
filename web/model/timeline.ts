import { duration } from './format.ts';
import type { EnvironmentAnswer, ShownStep } from '../../shared/answers.ts';

/** When a step runs, as far as is known and else as is to be expected; seconds from the beginning of the first. */
export interface TimelineRow {
  readonly step: ShownStep;
  readonly start: number;
  readonly end: number;
  /** Whether start and end are only expected. */
  readonly isExpected: boolean;
  /** How long it has run, or ran; absent for one that has not begun. */
  readonly elapsed?: number;
  /** Where it is expected to end, of one that runs. */
  readonly expectedEnd?: number;
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly links: readonly TimelineLink[];
  /** Seconds from left to right. */
  readonly span: number;
  /** Seconds until everything is expected to be done; absent where nothing runs or can run. */
  readonly remaining?: number;
}

/** A step that waits for another one; positions in `rows`. */
interface TimelineLink {
  readonly from: number;
  readonly to: number;
  /** Where it leaves, in seconds: at the end of the step before, or once Azure has taken its write. */
  readonly at: number;
}

/** What the steps of an environment are about. Those of a change, or of what was built again, take the place of the creation's. */
export function passOf({ state, steps, readyAt, specChangedAt }: EnvironmentAnswer): string {
  switch (state) {
    case 'deleting':
    case 'deleted':
      return 'Deletion';
    case 'releasing':
    case 'released':
      return 'Release';
    case 'provisioning':
    case 'ready':
    case 'failed': {
      const started = steps.flatMap(({ startedAt }) => startedAt ?? []).toSorted()[0];
      const isCreation = readyAt === undefined || (started !== undefined && started < readyAt);
      return isCreation ? 'Creation' : specChangedAt === undefined ? 'Repair' : 'Change';
    }
  }
}

/** How long the creation took, seconds, where the steps no longer tell. */
export function creationSeconds(environment: EnvironmentAnswer): number | undefined {
  const { createdAt, readyAt } = environment;
  const isReplaced = ['Change', 'Repair'].includes(passOf(environment));
  return readyAt === undefined || !isReplaced ? undefined : (Date.parse(readyAt) - Date.parse(createdAt)) / 1000;
}

/** What a step takes of which nothing is known. */
const UNKNOWN_SECONDS = 5;

/** The graph of steps on a line of time. @param now epoch ms, by the app's clock */
export function timeline(steps: readonly ShownStep[], now: number): Timeline {
  const started = steps.flatMap(({ startedAt }) => (startedAt === undefined ? [] : [Date.parse(startedAt)]));
  const origin = started.length === 0 ? now : Math.min(...started);
  const nowSeconds = Math.max(0, (now - origin) / 1000);
  const rows = new Map<string, TimelineRow>();
  for (const step of steps) rows.set(step.name, rowOf(step, origin, nowSeconds, rows));
  const all = [...rows.values()];
  const names = [...rows.keys()];
  const isUnderWay = all.some(({ step }) => step.state === 'running' || (step.state === 'pending' && !isBlocked(all)));
  const span = Math.max(1, ...all.map(({ end, expectedEnd = 0 }) => Math.max(end, expectedEnd)));
  return {
    rows: all,
    links: all.flatMap(({ step }, to) =>
      (step.after ?? []).flatMap(({ step: name, until }) => {
        const before = rows.get(name);
        if (before === undefined) return [];
        return [{ from: names.indexOf(name), to, at: until === 'accepted' ? before.start : before.end }];
      }),
    ),
    span,
    ...(isUnderWay ? { remaining: Math.max(0, span - nowSeconds) } : {}),
  };
}

const isBlocked = (rows: readonly TimelineRow[]): boolean =>
  rows.some(({ step }) => step.state === 'failed') && !rows.some(({ step }) => step.state === 'running');

function rowOf(step: ShownStep, origin: number, now: number, before: ReadonlyMap<string, TimelineRow>): TimelineRow {
  const { expectedSeconds = UNKNOWN_SECONDS, startedAt, finishedAt, state } = step;
  if (startedAt === undefined) {
    const start = Math.max(
      state === 'pending' ? now : 0,
      ...(step.after ?? []).map(({ step: name, until }) => {
        const one = before.get(name);
        if (one === undefined) return 0;
        return until === 'accepted' ? one.start : Math.max(one.end, one.expectedEnd ?? 0);
      }),
    );
    return { step, start, end: start + expectedSeconds, isExpected: true };
  }
  const start = Math.max(0, (Date.parse(startedAt) - origin) / 1000);
  if (finishedAt !== undefined) {
    const end = Math.max(start, (Date.parse(finishedAt) - origin) / 1000);
    return { step, start, end, isExpected: false, elapsed: end - start };
  }
  const end = Math.max(start, now);
  return {
    step,
    start,
    end,
    isExpected: false,
    elapsed: end - start,
    ...(state === 'running' ? { expectedEnd: Math.max(end, start + expectedSeconds) } : {}),
  };
}

/** How long a step has taken, and what is usual of one that is not done. */
export function stepTime({ step: { state, expectedSeconds }, elapsed }: TimelineRow): string {
  const usual = expectedSeconds === undefined ? undefined : `about ${duration(expectedSeconds)}`;
  if (elapsed === undefined) return state === 'pending' ? (usual ?? '') : '';
  return state === 'running' && usual !== undefined ? `${duration(elapsed)} of ${usual}` : duration(elapsed);
}

const tickSteps = [5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600] as const;

/** Where an axis has its marks: seconds, at most `most` of them beside 0. */
export function ticks(span: number, most: number): readonly number[] {
  const step = tickSteps.find((one) => span / one <= most) ?? Math.ceil(span / most / 3600) * 3600;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
}
