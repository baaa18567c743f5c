import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '../../../local/clock.ts';
import type { Host, HostOptions } from '../../../local/host/host.ts';
import { startHost } from '../../../local/host/host.ts';

export interface TestHost extends Host {
  readonly clock: VirtualClock;
  /** What the host has logged from a warning upwards. */
  readonly complaints: string[];
  /** Requests a path of the host; a body that is no string goes as JSON. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
  /** Requests the Durable HTTP API with its system key. */
  durableRequest(method: string, path: string, options?: RequestOptions): Promise<Response>;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const APP_DIRECTORY = join(import.meta.dirname, 'app');

export interface TestHostOptions extends Omit<Partial<HostOptions>, 'clock' | 'entry'> {
  readonly clock?: VirtualClock;
  /** The module of the test app when absent; `main` of package.json when undefined. */
  readonly entry?: string | undefined;
}

/** The test app in virtual time, in memory, on a port of its own, without timers unless asked for. */
export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const { entry, ...rest } = { entry: fileURLToPath(import.meta.resolve('./app/functions.ts')), ...options };
  const clock = options.clock ?? new VirtualClock();
  const complaints: string[] = [];
  const host = await startHost({
    appDirectory: APP_DIRECTORY,
    port: 0,
    timers: false,
    log: (level, source, message) => {
      if (['warning', 'error', 'critical'].includes(level)) complaints.push(`${level} ${source}: ${message}`);
    },
    ...rest,
    ...(entry !== undefined && { entry }),
    clock,
  });
  const request = (method: string, path: string, { body, headers = {} }: RequestOptions = {}) =>
    fetch(`${host.origin}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    ...host,
    clock,
    complaints,
    request,
    durableRequest: (method, path, requestOptions) =>
      request(
        method,
        `/runtime/webhooks/durabletask/${path}${path.includes('?') ? '&' : '?'}code=${host.keys.durable}`,
        requestOptions,
      ),
  };
}
