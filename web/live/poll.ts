import { useEffect, useReducer, useRef } from 'preact/hooks';
import { get, type Failure, type Tagged } from './api.ts';
import { serverNow } from './serverClock.ts';

/** What is known of something that is asked for again and again. */
export interface Live<T> {
  /** The last that came, also when later requests failed. */
  readonly value?: T;
  /** When it was last known to be so, epoch ms by the app's clock. */
  readonly at?: number;
  /** What the newest request came to, if it failed. */
  readonly failure?: Failure;
  readonly failingSince?: number;
  /** Asks now. */
  readonly refresh: () => void;
}

interface State<T> {
  readonly path: string | undefined;
  readonly tagged?: Tagged<T>;
  readonly at?: number;
  readonly failure?: Failure;
  readonly failingSince?: number;
}

/** Nobody looks: the title of the tab is all there is to keep up to date. */
const HIDDEN_MS = 20_000;
const SLOWEST_MS = 10_000;

/** Soon at first, also where answers are asked for seldom; then no oftener than what is asked for seldom is. */
const retryDelay = (failures: number, wait: number) => Math.min(Math.max(wait, SLOWEST_MS), 1000 * 2 ** failures);

/**
 * Asks for a path every `everyMs` while the page is seen, and seldom while it is not. A failure is tried again at growing distances.
 *
 * @param path undefined asks for nothing
 * @param trigger asks at once whenever it changes
 */
export function useLive<T>(path: string | undefined, everyMs: number, trigger?: unknown): Live<T> {
  const state = useRef<State<T>>({ path });
  if (state.current.path !== path) state.current = { path };
  const [, render] = useReducer<number, undefined>((count) => count + 1, 0);
  const refresh = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (path === undefined) return undefined;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    let isAsking = false;
    let isWantedAgain = false;
    const ask = async () => {
      clearTimeout(timer);
      // What changed meanwhile may have missed the answer that is on its way.
      if (isAsking) {
        isWantedAgain = true;
        return;
      }
      isAsking = true;
      isWantedAgain = false;
      const before = state.current;
      const result = await get<T>(path, before.tagged, abort.signal);
      isAsking = false;
      if (abort.signal.aborted) return;
      failures = result.ok ? 0 : failures + 1;
      if (result.ok) {
        state.current = { path, tagged: result.value, at: serverNow() };
        if (result.value !== before.tagged || before.failure !== undefined) render(undefined);
      } else {
        const { failure } = result;
        state.current = { ...before, failure, failingSince: before.failingSince ?? serverNow() };
        render(undefined);
      }
      if (isWantedAgain) {
        void ask();
        return;
      }
      const wait = document.hidden ? HIDDEN_MS : everyMs;
      timer = setTimeout(() => void ask(), failures === 0 ? wait : retryDelay(failures, wait));
    };
    const seen = () => {
      if (!document.hidden) void ask();
    };
    refresh.current = () => void ask();
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', seen);
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('online', seen);
    };
  }, [path, everyMs]);
  const lastTrigger = useRef(trigger);
  useEffect(() => {
    if (lastTrigger.current !== trigger) refresh.current();
    lastTrigger.current = trigger;
  }, [trigger]);

  const { tagged, at, failure, failingSince } = state.current;
  return {
    ...(tagged === undefined ? {} : { value: tagged.value }),
    ...(at === undefined ? {} : { at }),
    ...(failure === undefined ? {} : { failure }),
    ...(failingSince === undefined ? {} : { failingSince }),
    refresh: () => refresh.current(),
  };
}
