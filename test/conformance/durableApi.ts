import { randomUUID } from 'node:crypto';
import type { HostUnderTest } from './hostUnderTest.ts';
import { eventually } from './hostUnderTest.ts';

interface HistoryEvent {
  readonly EventType: string;
  readonly FunctionName?: string;
  readonly Name?: string;
}

/** What `GET instances/{id}` answers. */
export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly historyEvents?: readonly HistoryEvent[] | null;
}

/** Parses here rather than by `response.json()`, whose objects belong to another realm when jest runs this. */
export const jsonOf = async (response: Response): Promise<unknown> => JSON.parse(await response.text());

const ENDED = ['Completed', 'Failed', 'Terminated', 'Canceled'];

/** The Durable HTTP API of a host (`/runtime/webhooks/durabletask`), and what the cases ask of it again and again. */
export function durableApi(host: HostUnderTest) {
  const base = `${host.origin}/runtime/webhooks/durabletask`;

  /** `path` below the API, with the key; extra query parameters come as in a URL (`a=1&b=2`). */
  const call = (method: string, path: string, query = '', body?: unknown, contentType = 'application/json') =>
    fetch(`${base}/${path}?code=${encodeURIComponent(host.keys.durable)}${query === '' ? '' : `&${query}`}`, {
      method,
      ...(body !== undefined && {
        body: typeof body === 'string' && contentType !== 'application/json' ? body : JSON.stringify(body),
        headers: { 'content-type': contentType },
      }),
    });

  const read = async (id: string, query = ''): Promise<InstanceStatus> =>
    (await jsonOf(await call('GET', `instances/${id}`, query))) as InstanceStatus;

  const expectAccepted = async (what: string, answer: Promise<Response>) => {
    const { status } = await answer;
    if (status !== 202) throw new Error(`${host.name}: ${what} answered ${status} instead of 202.`);
  };

  return {
    call,
    status: (id: string) => read(id),
    history: async (id: string) => (await read(id, 'showHistory=true')).historyEvents ?? [],

    /** An instance id that no other case or run has; its prefix names the case. */
    newId: (prefix: string) => `${prefix}-${randomUUID().slice(0, 8)}`,

    async start(orchestrator: string, id: string, input?: unknown, query = ''): Promise<string> {
      await expectAccepted(
        `starting ${orchestrator}`,
        call('POST', `orchestrators/${orchestrator}/${id}`, query, input),
      );
      return id;
    },

    /** Raises one `signal` after the other, each acknowledged before the next. */
    async signal(id: string, ...payloads: readonly string[]): Promise<void> {
      for (const payload of payloads) {
        await expectAccepted(`signal ${payload}`, call('POST', `instances/${id}/raiseEvent/signal`, '', payload));
      }
    },

    openGate: (gate: string) => fetch(`${host.origin}/api/gates/${gate}`, { method: 'POST' }),

    /** Until the instance's custom status is `label`. */
    reached: (id: string, label: string) =>
      eventually(host, `${id} to be ${label}`, async () => {
        const seen = await read(id);
        return { seen, enough: seen.customStatus === label };
      }),

    /** Until the current generation's history holds `count` raised events: they have been delivered, not only accepted. */
    delivered: (id: string, count: number) =>
      eventually(host, `${count} events to be delivered to ${id}`, async () => {
        const events = (await read(id, 'showHistory=true')).historyEvents ?? [];
        const seen = events.filter(({ EventType }) => EventType === 'EventRaised').length;
        return { seen, enough: seen >= count };
      }),

    runs: (id: string, runtimeStatus: string) =>
      eventually(host, `${id} to be ${runtimeStatus}`, async () => {
        const seen = await read(id);
        return { seen, enough: seen.runtimeStatus === runtimeStatus };
      }),

    /** Until the instance has ended, in whatever way. */
    ended: (id: string) =>
      eventually(host, `${id} to end`, async () => {
        const seen = await read(id);
        return { seen, enough: ENDED.includes(seen.runtimeStatus) };
      }),
  };
}

export type DurableApi = ReturnType<typeof durableApi>;
