import type { TestHost } from '../testHost.ts';
import { startTestHost } from '../testHost.ts';

let host: TestHost;
beforeEach(async () => (host = await startTestHost()));
afterEach(() => host.close());

interface Payload {
  readonly instanceId: string;
  readonly historyEvents: Record<string, unknown>[];
}

const HOUR_MS = 3_600_000;
const api = (method: string, path: string, body?: unknown) =>
  host.durableRequest(method, path, body === undefined ? {} : { body });
const list = async (query: string) =>
  ((await (await api('GET', `instances/?${query}`)).json()) as Payload[]).map(({ instanceId }) => instanceId);

/** Orchestrations that finished an hour apart: a0, a1, b2, b3, … and one that waits. */
async function startSome(): Promise<void> {
  for (const id of ['a0', 'a1', 'b2', 'b3']) {
    await host.durable.waitFor(host.durable.start({ name: 'doubleTwice', instanceId: id, input: 1 }));
    await host.clock.sleep(HOUR_MS);
  }
  host.durable.start({ name: 'waitForEvent', instanceId: 'c4' });
  await host.durable.waitFor('c4', (status) => status.runtimeStatus === 'Running');
}
const hour = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours)).toISOString();

describe('the query of instances', () => {
  beforeEach(startSome);

  it('filters by status, prefix and time of creation', async () => {
    expect(await list('')).toEqual(['a0', 'a1', 'b2', 'b3', 'c4']);
    expect(await list('runtimeStatus=Running,Pending')).toEqual(['c4']);
    expect(await list('runtimeStatus=Completed&runtimeStatus=Running&instanceIdPrefix=b')).toEqual(['b2', 'b3']);
    expect(await list(`createdTimeFrom=${hour(1)}&createdTimeTo=${hour(2)}`)).toEqual(['a1', 'b2']);
  });

  it('comes in pages, the next of which is asked for with the token of the one before', async () => {
    const pages: string[][] = [];
    let token: string | null = '';
    while (token !== null) {
      const response = await host.durableRequest('GET', 'instances?top=2', {
        headers: { 'x-ms-continuation-token': token },
      });
      pages.push(((await response.json()) as Payload[]).map(({ instanceId }) => instanceId));
      token = response.headers.get('x-ms-continuation-token');
    }
    expect(pages).toEqual([['a0', 'a1'], ['b2', 'b3'], ['c4']]);
  });

  it('can leave the inputs out', async () => {
    const [first] = (await (await api('GET', 'instances?showInput=false')).json()) as { input: unknown }[];
    expect(first?.input).toBeNull();
  });
});

describe('the purge by filter', () => {
  beforeEach(startSome);

  it('takes finished instances only, and says how many', async () => {
    const response = await api('DELETE', `instances?createdTimeFrom=${hour(1)}&createdTimeTo=${hour(9)}`);
    expect(await response.json()).toEqual({ instancesDeleted: 3 });
    expect(await list('')).toEqual(['a0', 'c4']);
  });

  it('wants the start of the time', async () => {
    expect((await api('DELETE', 'instances')).status).toBe(400);
  });

  it('finds nothing where there is nothing', async () => {
    expect((await api('DELETE', `instances?createdTimeFrom=${hour(50)}`)).status).toBe(404);
    expect((await api('DELETE', `instances?createdTimeFrom=${hour(0)}&runtimeStatus=Running`)).status).toBe(404);
  });
});

describe('the status of an instance', () => {
  it('shows its history with what was scheduled merged into its outcome', async () => {
    await host.durable.waitFor(host.durable.start({ name: 'doubleTwice', instanceId: 'a', input: 2 }));
    const { historyEvents } = (await (
      await api('GET', 'instances/a?showHistory=true&showHistoryOutput=true')
    ).json()) as Payload;
    const Timestamp = hour(0);
    expect(historyEvents).toEqual([
      { EventType: 'ExecutionStarted', Timestamp, FunctionName: 'doubleTwice', Input: '2' },
      {
        EventType: 'TaskCompleted',
        Timestamp,
        Result: 4,
        ScheduledTime: Timestamp,
        FunctionName: 'double',
        Input: '2',
      },
      {
        EventType: 'TaskCompleted',
        Timestamp,
        Result: 8,
        ScheduledTime: Timestamp,
        FunctionName: 'double',
        Input: '4',
      },
      { EventType: 'ExecutionCompleted', Timestamp, OrchestrationStatus: 'Completed', Result: 8 },
    ]);
  });

  it('keeps outputs and inputs of the history to itself unless asked', async () => {
    await host.durable.waitFor(host.durable.start({ name: 'doubleTwice', instanceId: 'a', input: 2 }));
    const { historyEvents } = (await (
      await api('GET', 'instances/a?showHistory=true&showInput=false')
    ).json()) as Payload;
    expect(historyEvents.some((event) => 'Result' in event || 'Input' in event)).toBe(false);
  });

  it('of a failed one is 500 for who asks for that', async () => {
    await host.durable.waitFor(host.durable.start({ name: 'failing', instanceId: 'a' }));
    expect((await api('GET', 'instances/a')).status).toBe(200);
    expect((await api('GET', 'instances/a?returnInternalServerErrorOnFailure=true')).status).toBe(500);
  });

  it('takes ids with characters that URLs escape', async () => {
    const response = await api('POST', 'orchestrators/doubleTwice/a%20b:c', 1);
    const { id, statusQueryGetUri } = (await response.json()) as { id: string; statusQueryGetUri: string };
    expect(id).toBe('a b:c');
    await host.durable.waitFor(id);
    expect(await (await fetch(statusQueryGetUri)).json()).toMatchObject({ instanceId: 'a b:c', output: 4 });
  });
});

describe('a start', () => {
  it('may wait for the end of the orchestration', async () => {
    const response = await api('POST', 'orchestrators/waitDays/a?timeout=172801&pollingInterval=1', 2);
    expect(response.status).toBe(200);
    expect(await response.json()).toBe(2);
  });

  it('answers as ever when the end does not come in time', async () => {
    const response = await api('POST', 'orchestrators/waitDays/a?timeout=60&pollingInterval=1', 2);
    expect(response.status).toBe(202);
    expect(response.headers.get('retry-after')).toBe('10');
  });

  it.each([
    ['an id that begins with @', 'orchestrators/doubleTwice/@a', '1', 400],
    ['an id with a slash', 'orchestrators/doubleTwice/a%2Fb', '1', 400],
    ['an id of 101 characters', `orchestrators/doubleTwice/${'x'.repeat(101)}`, '1', 400],
    ['an input that is no JSON', 'orchestrators/doubleTwice/a', '{', 400],
    ['an escape that is none', 'orchestrators/doubleTwice/%E0', '1', 400],
    ['more segments than there are', 'orchestrators/doubleTwice/a/b', '1', 404],
  ])('refuses %s', async (_case, path, body, status) => {
    expect((await host.durableRequest('POST', path, { body })).status).toBe(status);
    expect(await list('')).toEqual([]);
  });

  it('is a POST', async () => {
    expect((await api('GET', 'orchestrators/doubleTwice')).status).toBe(404);
  });
});

describe('the rest', () => {
  it('says plainly what it does not do', async () => {
    await host.durable.waitFor(host.durable.start({ name: 'failing', instanceId: 'failed' }));
    const rewind = await api('POST', 'instances/failed/rewind');
    expect(rewind.status).toBe(501);
    expect(await rewind.text()).toContain('Rewind is not supported');
    expect((await api('GET', 'entities/counter/a')).status).toBe(501);
    expect((await api('POST', 'instances/failed/dance')).status).toBe(404);
  });

  it('restarts under the same id when asked to, but not while it runs', async () => {
    await host.durable.waitFor(
      host.durable.start({ name: 'waitForEvent', instanceId: 'a', version: '3.0' }),
      (status) => status.customStatus === 'waiting',
    );
    expect((await api('POST', 'instances/a/restart?restartWithNewInstanceId=false')).status).toBe(409);
    host.durable.raiseEvent('a', 'signal', 'first');
    await host.durable.waitFor('a');
    expect((await api('POST', 'instances/a/restart?restartWithNewInstanceId=false')).status).toBe(202);
    host.durable.raiseEvent('a', 'signal', 'second');
    expect(await host.durable.waitFor('a')).toMatchObject({ output: 'second', version: '3.0' });
    expect((await api('POST', 'instances/nobody/restart')).status).toBe(400);
  });
});
