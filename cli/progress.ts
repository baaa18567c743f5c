import type { EnvironmentAnswer, ShownStep } from '../shared/answers.ts';
import { sentences } from '../shared/model/sentences.ts';
import type { Io } from './io.ts';

/** How long a step usually takes, in seconds; undefined where nobody knows. */
export type ExpectedSeconds = (step: ShownStep) => number | undefined;

export interface ProgressOptions {
  readonly io: Pick<Io, 'write' | 'style' | 'isTerminal'>;
  /** The time where the environment lives, epoch ms. */
  readonly now: () => number;
  /** What is known better than what the app says. */
  readonly expected?: ExpectedSeconds;
}

/** Shows an environment's steps until `updates` ends. Times are those of where it lives, in seconds. */
export const showProgress = (
  updates: AsyncIterable<EnvironmentAnswer>,
  options: ProgressOptions,
): Promise<EnvironmentAnswer | undefined> =>
  options.io.isTerminal ? drawProgress(updates, options) : printProgress(updates, options);

/** One plain line whenever a step begins or ends; for logs and pipes. */
async function printProgress(updates: AsyncIterable<EnvironmentAnswer>, { io, now }: ProgressOptions) {
  const shown = new Map<string, string>();
  let began: number | undefined;
  let last: EnvironmentAnswer | undefined;
  for await (last of updates) {
    const news = last.steps.flatMap((step) => {
      const line = lineOf(step);
      if (line === undefined || shown.get(step.name) === line) return [];
      // One that waits or begins anew says only when it began first.
      const isAgain = step.finishedAt === undefined && shown.has(step.name);
      shown.set(step.name, line);
      const at = isAgain ? now() : Date.parse(step.finishedAt ?? step.startedAt ?? '');
      return [{ line, at, startedAt: step.startedAt }];
    });
    // Several at once may have come since the last look: in the order of time, and what has no time yet at the end.
    news.sort((one, other) => (one.at || Infinity) - (other.at || Infinity) || 0);
    const starts = news.flatMap(({ startedAt }) => (startedAt === undefined ? [] : Date.parse(startedAt)));
    if (starts.length > 0) began ??= Math.min(...starts);
    for (const { line, at } of news) {
      const elapsed = began === undefined || Number.isNaN(at) ? '' : `${Math.round((at - began) / 1000)} s`;
      io.write(`${elapsed.padStart(7)}  ${line}\n`);
    }
  }
  return last;
}

const REDRAW_EVERY_MS = 100;

/** A list that fills in place, with a running time on what is under way; for terminals. */
async function drawProgress(updates: AsyncIterable<EnvironmentAnswer>, options: ProgressOptions) {
  // A tenth of a command's time to load, and most commands draw nothing.
  const { default: logUpdate } = await import('log-update');
  let last: EnvironmentAnswer | undefined;
  const draw = () => {
    if (last !== undefined) logUpdate(last.steps.map((step) => drawnStep(step, options)).join('\n'));
  };
  // Running times tick on between two answers of the app.
  const ticker = setInterval(draw, REDRAW_EVERY_MS);
  try {
    for await (last of updates) draw();
    return last;
  } finally {
    clearInterval(ticker);
    draw();
    logUpdate.done();
  }
}

// Together with times and words they fill a terminal of 80 columns, and no more.
const BAR_WIDTH = 10;
const TITLE_WIDTH = 49;

/** One step as a line of a terminal: done, under way with a bar, waiting or failed. */
export function drawnStep(step: ShownStep, { io: { style }, now, expected }: ProgressOptions): string {
  const title = titleOf(step).padEnd(TITLE_WIDTH);
  switch (step.state) {
    case 'done':
      return `${style('green', '✔')} ${title} ${secondsOf(step).padStart(7)}`;
    case 'failed':
      return `${style('red', '✖')} ${title}\n  ${style('red', step.problem?.message ?? 'failed')}\n  ${step.problem?.remedy ?? ''}`;
    case 'running': {
      const elapsed = Math.max(0, (now() - Date.parse(step.startedAt ?? '')) / 1000);
      const usual = expected?.(step) ?? step.expectedSeconds;
      const bar = usual === undefined || usual === 0 ? '' : ` ${barOf(elapsed / usual, style)} ~${usual} s`;
      return `${style('cyan', '▶')} ${title} ${`${Math.round(elapsed)} s`.padStart(7)}${bar}`;
    }
    case 'pending':
      return style('dim', `· ${title} ${step.detail ?? ''}`.trimEnd());
  }
}

function barOf(share: number, style: Io['style']): string {
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  return style('cyan', '━'.repeat(filled)) + style('dim', '━'.repeat(BAR_WIDTH - filled));
}

function lineOf(step: ShownStep): string | undefined {
  const title = titleOf(step);
  switch (step.state) {
    case 'pending':
      return step.detail === undefined ? undefined : `waits   ${title}: ${step.detail}`;
    case 'running':
      return `starts  ${title}`;
    case 'done':
      return `done    ${title}  ${secondsOf(step)}`.trimEnd();
    case 'failed':
      return `FAILED  ${title}: ${sentences(step.problem?.message, step.problem?.remedy)}`;
  }
}

const titleOf = ({ title, name }: ShownStep): string => title ?? name;

function secondsOf({ startedAt, finishedAt }: ShownStep): string {
  if (startedAt === undefined || finishedAt === undefined) return '';
  return `${Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)} s`;
}
