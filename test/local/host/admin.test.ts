import { recorded } from './app/record.ts';
import type { TestHost } from './testHost.ts';
import { startTestHost } from './testHost.ts';

let host: TestHost;
beforeAll(async () => (host = await startTestHost()));
afterAll(() => host.close());

const admin = (method: string, path: string, body?: unknown) =>
  host.request(method, `/admin/${path}?code=${host.keys.master}`, body === undefined ? {} : { body });

describe('the admin endpoints', () => {
  it('say that the host runs', async () => {
    expect((await host.request('GET', '/admin/host/ping')).status).toBe(200);
    expect((await host.request('GET', '/admin/host/status')).status).toBe(401);
    expect(await (await admin('GET', 'host/status')).json()).toMatchObject({ state: 'Running' });
  });

  it('run a function on the input of the request', async () => {
    recorded('events').splice(0);
    expect((await admin('POST', 'functions/EVENTS', { input: '{"id":"by hand"}' })).status).toBe(202);
    await host.clock.sleep(1);
    expect(recorded('events')).toEqual([{ id: 'by hand' }]);
  });

  it.each([
    ['functions/nobody', {}, 404],
    ['functions/echo', {}, 400],
    ['functions/doubleTwice', {}, 400],
    ['functions/events', 'no JSON', 400],
    ['elsewhere', {}, 404],
  ])('answer %s with %j by %d', async (path, body, status) => {
    expect((await admin('POST', path, body)).status).toBe(status);
  });
});
