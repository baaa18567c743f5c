import { VirtualClock } from '../../local/clock.ts';
import { startLocalCloud, type LocalCloud } from '../../local/cloud.ts';
import type { TaskHubStore } from '../../local/host/durable/store.ts';

/** The app in this process on its stand-ins, in virtual time: a creation takes as long as its computing takes. */
export interface TestCloud extends LocalCloud {
  readonly clock: VirtualClock;
  /** One call of the app's HTTP interface, with a function key. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Waits until an environment's published state is one of these. */
  untilState(name: string, ...states: string[]): Promise<ShownStatus>;
  /** Local Azure's control interface. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer's JSON; undefined where it is none. */
  readonly body: Record<string, unknown> | undefined;
}

interface ShownStatus {
  readonly state: string;
  readonly steps: readonly { readonly name: string; readonly state: string; readonly problem?: { code: string } }[];
}

export interface TestCloudOptions {
  /** Where virtual time begins, epoch ms. */
  readonly start?: number;
  /** Of local Azure's latencies, 1 when absent; `none`: everything takes its median. */
  readonly seed?: number | 'none';
  readonly taskHubStore?: TaskHubStore;
  readonly log?: (message: string) => void;
}

export async function startTestCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const { seed = 1 } = options;
  const clock = new VirtualClock(options.start);
  const cloud = await startLocalCloud({
    clock,
    appDirectory: process.cwd(),
    entry: 'functions/index.ts',
    functionsPort: 0,
    azurePort: 0,
    ...(seed === 'none' ? {} : { seed }),
    ...(options.taskHubStore === undefined ? {} : { taskHubStore: options.taskHubStore }),
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  return {
    ...cloud,
    clock,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${cloud.api}${path}`, {
        method,
        headers: { 'x-functions-key': cloud.host.keys.function, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json');
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined,
      };
    },
    untilState: async (name, ...states) => {
      const instance = await cloud.host.durable.waitFor(name, ({ customStatus }) =>
        states.includes((customStatus as ShownStatus | null)?.state ?? ''),
      );
      return instance.customStatus as ShownStatus;
    },
    control: async (method, path, body) => {
      const response = await fetch(`${cloud.azure.origin}/_local${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok)
        throw new Error(`${method} /_local${path} answered ${response.status}: ${await response.text()}`);
      const text = await response.text();
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
  };
}
