import { Listr, type ListrTask } from 'listr2';
import type { StepStatus } from '../../shared/model/step.ts';
import type { Step } from '../../shared/plan/provisioningGraph.ts';
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
  const waiting = new Map(steps.map(({ name }) => [name, Promise.withResolvers<StepStatus>()]));
  let latest: readonly StepStatus[] = [];
  const tasks: ListrTask[] = steps.map(({ name, title, expectedSeconds }) => ({
    title,
    task: async (_context, task) => {
      const ticker = setInterval(() => {
        const step = latest.find((candidate) => candidate.name === name);
        if (step?.state !== 'running') return;
        const elapsed = Math.round((azureNow() - Date.parse(step.startedAt ?? '')) / 1000);
        task.title = `${title}  ${elapsed} s of about ${expectedSeconds} s`;
      }, 200);
      try {
        const step = await waiting.get(name)?.promise;
        if (step?.problem !== undefined) throw new Error(`${title}: ${step.problem.message}`);
        task.title = `${title}  ${secondsOf(step)}`;
      } finally {
        clearInterval(ticker);
      }
    },
  }));
  const list = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    rendererOptions: { collapseErrors: false, showErrorMessage: true },
  });
  const shown = list.run();
  for await (const environment of updates) {
    latest = environment.steps;
    for (const step of latest) if (step.finishedAt !== undefined) waiting.get(step.name)?.resolve(step);
  }
  // What stands behind a failed step never began.
  for (const step of latest) waiting.get(step.name)?.resolve(step);
  await shown;
};

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
