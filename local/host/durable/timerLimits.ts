const DAY_MS = 86_400_000;

/** Azure Storage holds a message back for less than seven days: longer timers go in steps. */
export const MAX_SHORT_TIMER_MS = 6 * DAY_MS;
export const LONG_TIMER_STEP_MS = 3 * DAY_MS;

/** How long `callHttp` waits before it polls a 202 that names no Retry-After. */
export const ASYNC_HTTP_SLEEP_MS = 30_000;
