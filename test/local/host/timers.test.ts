import { VirtualClock } from '../../../local/clock.ts';
import type { AppFunction } from '../../../local/host/app.ts';
import { ScheduleError } from '../../../local/host/ncrontab.ts';
import { startTimers } from '../../../local/host/timers.ts';
import { recorded } from './app/record.ts';
import { startTestHost } from './testHost.ts';

const MINUTE_MS = 60_000;

const timerFunction = (options: Record<string, unknown>): AppFunction => {
  const trigger = { type: 'timerTrigger', direction: 'in', ...options };
  return { name: 'timer', bindings: { trigger }, triggerName: 'trigger', trigger, callback: () => undefined };
};

const start = (clock: VirtualClock, options: Record<string, unknown>, run: () => Promise<void>) =>
  startTimers({
    functions: [timerFunction(options)],
    clock,
    environment: { SCHEDULE: '0 */5 * * * *' },
    log: () => undefined,
    run,
  });

describe('a timer trigger', () => {
  it('runs by its schedule, which may be an app setting', async () => {
    const clock = new VirtualClock();
    const startMs = clock.now();
    const runs: number[] = [];
    const stop = start(clock, { schedule: '%SCHEDULE%' }, () => {
      runs.push((clock.now() - startMs) / MINUTE_MS);
      return Promise.resolve();
    });
    await clock.sleep(16 * MINUTE_MS);
    stop();
    await clock.sleep(60 * MINUTE_MS);
    expect(runs).toEqual([5, 10, 15]);
  });

  it('never overlaps itself: what comes due while it runs is skipped', async () => {
    const clock = new VirtualClock();
    const startMs = clock.now();
    const runs: number[] = [];
    const stop = start(clock, { schedule: '0 */5 * * * *' }, async () => {
      runs.push((clock.now() - startMs) / MINUTE_MS);
      await clock.sleep(7 * MINUTE_MS);
    });
    await clock.sleep(31 * MINUTE_MS);
    stop();
    expect(runs).toEqual([5, 15, 25]);
  });

  it('runs on startup when it says so', async () => {
    const clock = new VirtualClock();
    let runs = 0;
    const stop = start(clock, { schedule: '00:10:00', runOnStartup: true }, () => {
      runs++;
      return Promise.resolve();
    });
    await clock.sleep(1);
    expect(runs).toBe(1);
    await clock.sleep(10 * MINUTE_MS);
    expect(runs).toBe(2);
    stop();
  });

  it('with a schedule that Azure refuses keeps the host from starting', () => {
    expect(() => start(new VirtualClock(), { schedule: '@daily' }, () => Promise.resolve())).toThrow(ScheduleError);
  });
});

describe('a timer function on the host', () => {
  beforeEach(() => recorded('ticking').splice(0));

  it('runs in virtual time and hears when it comes next', async () => {
    const host = await startTestHost({ timers: true });
    await host.clock.sleep(11 * MINUTE_MS);
    await host.close();
    expect(recorded('ticking')).toEqual(['2026-01-01T00:10:00.000Z', '2026-01-01T00:15:00.000Z']);
  });

  it('runs through the admin endpoint, for who has the master key', async () => {
    const host = await startTestHost();
    const run = (key: string) =>
      host.request('POST', '/admin/functions/ticking', { body: {}, headers: { 'x-functions-key': key } });
    expect((await run(host.keys.function)).status).toBe(401);
    expect(recorded('ticking')).toEqual([]);
    expect((await run(host.keys.master)).status).toBe(202);
    await host.clock.sleep(1);
    expect(recorded('ticking')).toHaveLength(1);
    await host.close();
  });
});
