import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppLoadError } from '../../../local/host/app.ts';
import { startTestHost } from './testHost.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-host-'))));
afterEach(() => rmSync(directory, { recursive: true }));

describe('the local host', () => {
  it('runs the same app again, and two of it side by side', async () => {
    const hosts = [await startTestHost(), await startTestHost()];
    for (const host of hosts) {
      const response = await host.request('POST', '/api/start/doubleTwice/same', { body: 5 });
      expect(response.status).toBe(202);
      expect(response.headers.get('location')).toMatch(
        new RegExp(`^${host.origin}/runtime/webhooks/durabletask/instances/same\\?.*code=`),
      );
      expect((await host.durable.waitFor('same')).output).toBe(20);
      await host.close();
    }
    const again = await startTestHost();
    expect(again.durable.status('same')).toBeUndefined();
    await again.close();
  });

  it('gives the app its settings, and leaves the environment as it was', async () => {
    const host = await startTestHost();
    expect(process.env['WEBSITE_HOSTNAME']).toBe(new URL(host.origin).host);
    expect(process.env['LOCAL_HOST_TEST_SCHEDULE']).toBe('0 */5 * * * *');
    await host.close();
    expect(process.env['WEBSITE_HOSTNAME']).toBeUndefined();
    expect(process.env['LOCAL_HOST_TEST_SCHEDULE']).toBeUndefined();
  });

  it('tells the app where a caller comes from, as Azure’s front end does, behind what the caller says', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    const host = await startTestHost({ callerAddress: '198.51.100.7' });
    const told = async (one: typeof host) => (await one.request('GET', '/api/forwarded', { headers })).text();
    expect(await told(host)).toBe('192.0.2.1, 198.51.100.7:50000');
    await host.close();
    const alone = await startTestHost();
    expect(await told(alone)).toBe('192.0.2.1');
    await alone.close();
  });

  it('counts the time that orchestrators and activities take of the machine', async () => {
    const host = await startTestHost();
    expect(host.ownMilliseconds()).toBe(0);
    await host.durable.waitFor(host.durable.start({ name: 'doubleTwice', input: 1 }));
    expect(host.ownMilliseconds()).toBeGreaterThan(0);
    expect(host.durable.stats).toMatchObject({ turns: 3, activities: 2 });
    await host.close();
  });

  it('gives up a function that runs longer than functionTimeout', async () => {
    writeFileSync(join(directory, 'host.json'), '{ "functionTimeout": "00:00:00.050" }');
    const host = await startTestHost({ appDirectory: directory });
    const { runtimeStatus, output } = await host.durable.waitFor(host.durable.start({ name: 'hanging' }));
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain('Timeout value of 0.05 s (functionTimeout of host.json) was exceeded by function: hang');
    await host.close();
  });

  it('serves functions without a prefix when host.json says so', async () => {
    writeFileSync(join(directory, 'host.json'), '{ "extensions": { "http": { "routePrefix": "" } } }');
    const host = await startTestHost({ appDirectory: directory });
    expect((await host.request('GET', '/silent')).status).toBe(200);
    expect((await host.request('GET', '/api/silent')).status).toBe(404);
    await host.close();
  });

  it('leaves nothing behind when it can not start: the task hub is free again', async () => {
    const taskHubDirectory = join(directory, 'hub');
    const first = await startTestHost({ taskHubDirectory });
    const port = Number(new URL(first.origin).port);
    await expect(startTestHost({ taskHubDirectory: join(directory, 'other'), port })).rejects.toThrow('EADDRINUSE');
    await first.close();
    const second = await startTestHost({ taskHubDirectory: join(directory, 'other') });
    await second.close();
  });

  it.each([
    ['a package.json without main', '{}', /has no "main"/],
    ['a main that matches nothing', '{ "main": "dist/*.js" }', /No file matches "main".*Has the app been built\?/],
    ['a main that registers nothing', '{ "main": "empty.mjs" }', /No function was registered/],
  ])('refuses %s', async (_case, packageJson, problem) => {
    writeFileSync(join(directory, 'package.json'), packageJson);
    writeFileSync(join(directory, 'empty.mjs'), 'export {};');
    const starting = startTestHost({ appDirectory: directory, entry: undefined });
    await expect(starting).rejects.toThrow(AppLoadError);
    await expect(starting).rejects.toThrow(problem);
  });

  it('finds the modules of the app by main of its package.json', async () => {
    const host = await startTestHost({ entry: undefined });
    expect((await host.request('GET', '/api/silent')).status).toBe(200);
    await host.close();
  });
});
