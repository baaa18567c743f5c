import { request } from 'node:https';
import { VirtualClock } from '../../../local/clock.ts';
import {
  createCertificates,
  startKubernetes,
  type CloudProvider,
  type Kubernetes,
  type KubernetesOptions,
} from '../../../local/kubernetes/apiServer.ts';

export const certificates = await createCertificates();
export const TOKEN = 'the-token';

/** Answers of the API are looked at field by field; what is absent is undefined. */
export interface Shown {
  readonly [name: string]: Shown;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly body: Shown;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly token?: string | null;
}

export interface StartedCluster {
  readonly kubernetes: Kubernetes;
  readonly clock: VirtualClock;
  /** Every call the cloud got: `ensure default/web 10.0.0.1`, `delete default/web`. */
  readonly cloudCalls: string[];
  readonly logs: string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
  /** The lines of a watch, one after the other as they come. */
  watch(path: string, headers?: Readonly<Record<string, string>>): Watching;
  /** Lets so many seconds of Azure time pass; time stands still otherwise. */
  pass(seconds: number): Promise<void>;
  /** Lets time run freely until the work is done: it jumps from timer to timer. */
  whileTimeRuns<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Watching {
  /** The next event, or undefined when the server has ended the watch. */
  next(): Promise<Shown | undefined>;
  close(): void;
}

/** A cluster in virtual time whose cloud hands out 20.0.0.1, 20.0.0.2, … and, internally, 10.42.1.1, …. */
export async function startCluster(
  changes: Partial<KubernetesOptions> & { readonly refusals?: string[] } = {},
): Promise<StartedCluster> {
  const { refusals = [], ...options } = changes;
  const clock = new VirtualClock(Date.UTC(2026, 10, 22, 10));
  let awake = clock.busy();
  const cloudCalls: string[] = [];
  const logs: string[] = [];
  const kubernetes = await startKubernetes({
    port: 0,
    clock,
    certificates,
    token: TOKEN,
    name: 'aks-egress',
    resourceGroup: 'aks-egress-rg',
    allows: () => true,
    defaultSource: '203.0.113.10',
    cloud: recordingCloud(cloudCalls, refusals),
    log: (message) => logs.push(message),
    ...options,
  });
  return {
    kubernetes,
    clock,
    cloudCalls,
    logs,
    call: (method, path, call) => callApi(kubernetes.origin, method, path, call),
    watch: (path, headers) => watchApi(kubernetes.origin, path, headers),
    pass: (seconds) => clock.pause(seconds * 1000),
    whileTimeRuns: async (work) => {
      awake();
      try {
        return await work;
      } finally {
        awake = clock.busy();
      }
    },
    close: async () => {
      awake();
      await kubernetes.close();
    },
  };
}

function recordingCloud(calls: string[], refusals: string[]): CloudProvider {
  let used = 0;
  return {
    ensureLoadBalancer: ({ namespace, name, internal, ports }) => {
      calls.push(`ensure ${namespace}/${name} ${ports.map(({ port, protocol }) => `${port}/${protocol}`).join(',')}`);
      const refusal = refusals.shift();
      if (refusal !== undefined) return Promise.reject(new Error(refusal));
      return Promise.resolve({ ip: `${internal ? '10.42.1' : '20.0.0'}.${++used}` });
    },
    deleteLoadBalancer: ({ namespace, name }) => {
      calls.push(`delete ${namespace}/${name}`);
      const refusal = refusals.shift();
      return refusal === undefined ? Promise.resolve() : Promise.reject(new Error(refusal));
    },
  };
}

function callApi(origin: string, method: string, path: string, options: CallOptions = {}): Promise<Answered> {
  const { body, headers = {}, token = TOKEN } = options;
  const content = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${origin}${path}`,
      {
        method,
        ca: certificates.authority,
        agent: false,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = (incoming.headers['content-type'] ?? '').includes('json');
          const parsed = (isJson ? JSON.parse(text) : {}) as Shown;
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: parsed });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

function watchApi(origin: string, path: string, headers: Readonly<Record<string, string>> = {}): Watching {
  const events: (Shown | undefined)[] = [];
  const waiting: ((event: Shown | undefined) => void)[] = [];
  const give = (event: Shown | undefined) => {
    const first = waiting.shift();
    if (first === undefined) events.push(event);
    else first(event);
  };
  const outgoing = request(
    `${origin}${path}`,
    { ca: certificates.authority, agent: false, headers: { authorization: `Bearer ${TOKEN}`, ...headers } },
    (incoming) => {
      let rest = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) give(JSON.parse(line) as Shown);
      });
      incoming.on('end', () => give(undefined));
    },
  );
  outgoing.on('error', () => give(undefined));
  outgoing.end();
  return {
    next: () =>
      new Promise((resolve) => {
        if (events.length > 0) resolve(events.shift());
        else waiting.push(resolve);
      }),
    close: () => void outgoing.destroy(),
  };
}

/** A value as text, to be part of a path or a comparison. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A service as a manifest says it; a LoadBalancer for TCP 80 unless told otherwise. */
export function service(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, ...metadata },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: name }, ...spec },
  };
}
