const DAY_MS = 86_400_000;

/** Azure Storage holds a message back for less than seven days: longer timers go in steps. */
export const MAX_SHORT_TIMER_MS = 6 * DAY_MS;
export const LONG_TIMER_STEP_MS = 3 * DAY_MS;

/**
 * When a queue that holds a message back for whole seconds, the rest cut off, shows it again: as Azure Storage does with a timer that is
 * due in 3 s and reaches its queue 300 ms after the turn that set it, which fires after 2.3 s.
 *
 * @param due of the timer, and `now`: epoch ms
 */
export function shownAgain(due: number, now: number, queueLagMs: number): number {
  const rest = due - now - queueLagMs;
  return rest <= 0 ? due : now + queueLagMs + Math.floor(rest / 1000) * 1000;
}

/** How long `callHttp` waits before it polls a 202 that names no Retry-After. */
export const ASYNC_HTTP_SLEEP_MS = 30_000;
