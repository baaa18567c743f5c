import type { EnvironmentAnswer, EnvironmentSummary } from '../shared/answers.ts';
import type { Context } from './context.ts';
import { expectedFromEarlierRuns, recordDurations } from './durations.ts';
import { showProgress } from './progress.ts';

const LOOK_EVERY_MS = 1000;

const underWay = new Set(['provisioning', 'deleting', 'releasing']);

/** Whether Gatehouse keeps nothing of it any more. */
export const hasEnded = ({ state }: { readonly state: EnvironmentSummary['state'] }): boolean =>
  state === 'deleted' || state === 'released';

/** Follows an environment until nothing of it is under way any more; drawn for people alone. @returns what it has come to */
export async function follow(name: string, { api, io: world, url, format }: Context): Promise<EnvironmentAnswer> {
  const io = format === 'table' ? world : { ...world, isTerminal: false, write: () => undefined };
  let last = await api.show(name);
  async function* updates() {
    yield last;
    while (underWay.has(last.state)) {
      await io.sleep(LOOK_EVERY_MS);
      last = await api.show(name);
      yield last;
    }
  }
  await showProgress(updates(), { io, now: api.now, expected: expectedFromEarlierRuns(io, url) });
  recordDurations(io, url, last.steps);
  return last;
}

/** Waits until the lane has heard of what was asked for: it acts within a minute. @returns the environment as it is then */
export async function untilTaken(
  name: string,
  { api, io }: Context,
  taken: (environment: EnvironmentAnswer) => boolean,
): Promise<EnvironmentAnswer> {
  for (;;) {
    const environment = await api.show(name);
    if (taken(environment)) return environment;
    await io.sleep(LOOK_EVERY_MS);
  }
}
