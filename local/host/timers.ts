import type { Clock } from '../clock.ts';
import type { AppFunction } from './app.ts';
import type { TypedData } from './functionsCore.ts';
import type { Log } from './logging.ts';
import type { Schedule } from './ncrontab.ts';
import { parseSchedule } from './ncrontab.ts';
import { resolveSetting } from './settings.ts';

export interface TimerTriggersOptions {
  readonly functions: Iterable<AppFunction>;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Never rejects: the host has logged what the function threw. */
  readonly run: (fn: AppFunction, trigger: TypedData) => Promise<void>;
}

/**
 * Runs the app's timer triggers by the clock. A function never overlaps itself: its next time is sought once it has ended,
 * so what came due meanwhile is skipped.
 *
 * @returns stops them.
 * @throws ScheduleError or SettingsError for a schedule that can't be read.
 */
export function startTimers({ functions, clock, environment, log, run }: TimerTriggersOptions): () => void {
  const timers = [...functions]
    .filter((fn) => fn.trigger.type === 'timerTrigger')
    .map((fn) => ({ fn, schedule: parseSchedule(resolveSetting(String(fn.trigger['schedule']), environment)) }));
  const stops = timers.map(({ fn, schedule }) => startTimer(fn, schedule));

  function startTimer(fn: AppFunction, schedule: Schedule): () => void {
    let stopped = false;
    let cancel: () => void = () => undefined;
    let last: number | undefined;
    const arm = () => {
      const next = schedule.next(clock.now());
      if (stopped) return;
      if (next === undefined) log('warning', fn.name, `its schedule never comes due again`);
      else cancel = clock.at(next, () => void occur());
    };
    const occur = async () => {
      const nowMs = clock.now();
      await run(fn, timerData(nowMs, schedule.next(nowMs), last));
      last = nowMs;
      arm();
    };
    if (fn.trigger['runOnStartup'] === true) void occur();
    else arm();
    return () => {
      stopped = true;
      cancel();
    };
  }

  return () => stops.forEach((stop) => stop());
}

/** What a timer function gets: .NET's names, which the library turns into camel case. */
export function timerData(nowMs: number, nextMs?: number, lastMs?: number): TypedData {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: iso(lastMs ?? 0), LastUpdated: iso(lastMs ?? nowMs), Next: iso(nextMs ?? nowMs) },
      IsPastDue: false,
    }),
  };
}
