import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { recorded } from '../app/record.ts';
import type { TestHost } from '../testHost.ts';
import { startTestHost } from '../testHost.ts';

let host: TestHost;
beforeAll(async () => (host = await startTestHost()));
afterAll(() => host.close());

const run = (name: string, input?: unknown) => host.durable.waitFor(host.durable.start({ name, input }));

describe('orchestrators of durable-functions', () => {
  it('fan out and in, in order', async () => {
    expect((await run('fanOut', [1, 2, 3])).output).toEqual([2, 4, 6]);
  });

  it('catch the failure of an activity in the words of the extension', async () => {
    expect((await run('catchFailure')).output).toMatch(/^caught: Activity function 'fail' failed: boom/);
  });

  it('fail with their own error, which their parent catches', async () => {
    expect(await run('failing')).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'failing' failed: the orchestrator gave up",
    });
    expect((await run('parentOfFailing')).output).toContain(
      "Orchestrator function 'failing' failed: the orchestrator gave up",
    );
  });

  it('retry with growing delays in virtual time, and keep later results in place', async () => {
    expect((await run('retrying', { key: 'third time', attempts: 3, limit: 5 })).output).toEqual({
      result: 3,
      after: 42,
      seconds: 3,
    });
    expect((await run('retrying', { key: 'never', attempts: 99, limit: 4 })).output).toEqual({
      result: 'gave up',
      after: 42,
      seconds: 7,
    });
    expect(recorded('failUntil never')).toHaveLength(4);
  });

  it('fail loudly when they call an activity that is not there', async () => {
    expect((await run('callsUnknownActivity')).output).toContain("The function 'nowhere' doesn't exist");
  });

  it('count to a thousand, a generation each, without a growing history', async () => {
    const id = host.durable.start({ name: 'counter', input: { left: 1000, sum: 0 } });
    for (let n = 1; n <= 1000; n++) {
      host.durable.raiseEvent(id, 'add', n);
      await host.durable.waitFor(id, (status) => (status.input as { left: number }).left <= 1000 - n);
    }
    expect((await host.durable.waitFor(id)).output).toBe(500_500);
    expect(host.durable.history(id)?.length).toBeLessThan(10);
  });

  it('are kept alive by a timer that lost and was not cancelled', async () => {
    const seconds = async (input: unknown) => {
      const { createdTime, lastUpdatedTime } = await run('openTimer', input);
      return (Date.parse(lastUpdatedTime) - Date.parse(createdTime)) / 1000;
    };
    expect(await seconds('keep')).toBe(60);
    expect(await seconds('cancel')).toBe(1);
  });

  it('fail for a custom status that is too large', async () => {
    expect((await run('largeStatus', 9_000)).output).toContain('must not exceed 16 KB');
    expect((await run('largeStatus', 8_000)).output).toBe('done');
  });

  it('hear nothing of what comes after their end', async () => {
    const { instanceId } = await run('doubleTwice', 1);
    host.durable.raiseEvent(instanceId, 'late', null);
    host.durable.terminate(instanceId, 'late');
    expect(host.durable.status(instanceId)?.runtimeStatus).toBe('Completed');
  });

  it('are cut off by a termination, and the results of their activities go nowhere', async () => {
    const id = host.durable.start({ name: 'waitDays', input: 30 });
    await host.durable.waitFor(id, (status) => status.runtimeStatus === 'Running');
    host.durable.terminate(id, 'enough');
    expect(await host.durable.waitFor(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
  });

  it('call HTTP, and poll an answer of 202 at its location with time between', async () => {
    const requests: { url: string | undefined; key: string | undefined; at: number }[] = [];
    const server = createServer((request, response) => {
      requests.push({ url: request.url, key: request.headers['x-functions-key']?.toString(), at: host.clock.now() });
      if (requests.length < 3) response.writeHead(202, { location: '/later', 'retry-after': '10' }).end();
      else response.end('done');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { output } = await run('callsHttp', `http://127.0.0.1:${port}/now`);
    server.closeAllConnections();
    server.close();
    expect(output).toEqual({ status: 200, body: 'done' });
    const [first = { at: 0 }] = requests;
    expect(requests.map(({ url, key, at }) => [url, key, at - first.at])).toEqual([
      ['/now', 'secret', 0],
      ['/later', undefined, 10_000],
      ['/later', undefined, 20_000],
    ]);
  });
});
