import { styleText } from 'node:util';
import logUpdate from 'log-update';
import type { StepStatus } from '../../shared/model/step.ts';
import type { Step } from '../../shared/plan/step.ts';
import type { ShownEnvironment } from './apiClient.ts';

/** Shows an environment while it is built, until `updates` ends. Times are Azure seconds. */
export type ShowProgress = (
  steps: readonly Step[],
  updates: AsyncIterable<ShownEnvironment>,
  azureNow: () => number,
) => Promise<void>;

/** One plain line whenever a step begins or ends; for logs and pipes. */
export const plainProgress: ShowProgress = async (steps, updates) => {
  const shown = new Map<string, string>();
  let began: number | undefined;
  for await (const environment of updates) {
    for (const step of environment.steps) {
      const line = lineOf(step, titleOf(steps, step));
      if (line === undefined || shown.get(step.name) === line) continue;
      shown.set(step.name, line);
      began ??= Date.parse(step.startedAt ?? '');
      const at = (Date.parse(step.finishedAt ?? step.startedAt ?? '') - began) / 1000;
      console.log(`${`${Math.round(at)} s`.padStart(7)}  ${line}`);
    }
  }
};

/** A list that fills in place, with a running time on what is under way; for terminals. */
export const terminalProgress: ShowProgress = async (steps, updates, azureNow) => {
  let latest: readonly StepStatus[] = [];
  const draw = () => logUpdate(steps.map((step) => terminalLine(step, latest, azureNow())).join('\n'));
  // Running times tick on between two answers of the app.
  const ticker = setInterval(draw, 100);
  try {
    for await (const environment of updates) {
      latest = environment.steps;
      draw();
    }
  } finally {
    clearInterval(ticker);
    draw();
    logUpdate.done();
  }
};

const BAR_WIDTH = 20;
const TITLE_WIDTH = 46;

function terminalLine(step: Step, latest: readonly StepStatus[], azureNow: number): string {
  const status = latest.find(({ name }) => name === step.name);
  const title = step.title.padEnd(TITLE_WIDTH);
  switch (status?.state) {
    case 'done':
      return `${styleText('green', '✔')} ${title} ${secondsOf(status).padStart(6)}`;
    case 'failed':
      return `${styleText('red', '✖')} ${title}\n  ${styleText('red', status.problem?.message ?? 'failed')}\n  ${status.problem?.remedy ?? ''}`;
    case 'running': {
      const elapsed = Math.max(0, (azureNow - Date.parse(status.startedAt ?? '')) / 1000);
      const filled = Math.round(Math.min(1, elapsed / step.expectedSeconds) * BAR_WIDTH);
      const bar = styleText('cyan', '━'.repeat(filled)) + styleText('dim', '━'.repeat(BAR_WIDTH - filled));
      return `${styleText('cyan', '▶')} ${title} ${`${Math.round(elapsed)} s`.padStart(6)} ${bar} of about ${step.expectedSeconds} s`;
    }
    case 'pending':
    case undefined:
      return styleText('dim', `· ${title} ${status?.detail ?? ''}`.trimEnd());
  }
}

function lineOf(step: StepStatus, title: string): string | undefined {
  switch (step.state) {
    case 'pending':
      return step.detail === undefined ? undefined : `waits   ${title}: ${step.detail}`;
    case 'running':
      return `starts  ${title}`;
    case 'done':
      return `done    ${title}  ${secondsOf(step)}`;
    case 'failed':
      return `FAILED  ${title}: ${step.problem?.message ?? ''} ${step.problem?.remedy ?? ''}`;
  }
}

const titleOf = (steps: readonly Step[], { name }: StepStatus) =>
  steps.find((step) => step.name === name)?.title ?? name;

function secondsOf(step: StepStatus | undefined): string {
  if (step?.startedAt === undefined || step.finishedAt === undefined) return '';
  return `${Math.round((Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000)} s`;
}
