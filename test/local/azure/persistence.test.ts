import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../local/clock.ts';
import { continuedClock } from '../../../local/azure/continuedClock.ts';
import { at } from '../../../local/azure/json.ts';
import { aFirewall, aNetwork, aPublicIp, aToken, GROUP, NETWORK, startClient } from './client.ts';

let stateDirectory: string;
beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'local-azure-'));
});
afterEach(() => rmSync(stateDirectory, { recursive: true }));

test('resources, operations in progress and their drawn times survive a restart', async () => {
  const clock = new VirtualClock();
  const first = await startClient({ stateDirectory, clock, seed: 3 });
  await first.apply('PUT', GROUP, { location: 'eastus' });
  await first.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
  await first.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  const accepted = await first.send('PUT', `${NETWORK}/azureFirewalls/f`, aFirewall());
  const before = await first.get('/_local/state');
  const drawn = at(
    await first.get(`/_local/latencies?seed=3&resourceId=${NETWORK}/azureFirewalls/f`),
    'drawn',
    'azureFirewalls.allocate',
  );
  await first.pass(60);
  await first.close();

  const second = await startClient({ stateDirectory, clock, seed: 3 });
  expect(await second.get('/_local/state')).toEqual(before);
  const operation = new URL(accepted.headers.get('azure-asyncoperation') ?? '');
  const path = `${operation.pathname}${operation.search}`;
  await second.pass(Number(drawn) - 60.001);
  expect((await second.send('GET', path)).body).toEqual({ status: 'InProgress' });
  await second.pass(0.001);
  expect((await second.send('GET', path)).body).toEqual({ status: 'Succeeded' });
  await second.close();
});

test('a line that a kill tore is dropped, a damaged one in the middle stops the start', async () => {
  const first = await startClient({ stateDirectory });
  await first.apply('PUT', GROUP, { location: 'eastus' });
  await first.close();
  const journal = join(stateDirectory, 'journal.jsonl');
  appendFileSync(journal, '[["resources","/torn"');
  const second = await startClient({ stateDirectory });
  expect((await second.send('GET', GROUP)).status).toBe(200);
  await second.close();
  writeFileSync(journal, `not JSON\n${readFileSync(journal, 'utf8')}`);
  await expect(startClient({ stateDirectory })).rejects.toThrow(/journal.jsonl, line 1, is not JSON/);
});

test('time goes on while nobody looks, at the pace it had', () => {
  const clock = continuedClock(stateDirectory, 60);
  const wall = Date.now();
  const anchor = JSON.parse(readFileSync(join(stateDirectory, 'clock.json'), 'utf8')) as { wall: number; time: number };
  writeFileSync(join(stateDirectory, 'clock.json'), JSON.stringify({ ...anchor, wall: wall - 10_000, scale: 60 }));
  const ahead = continuedClock(stateDirectory, 60).now() - clock.now();
  expect(ahead).toBeGreaterThanOrEqual(590_000);
  const slower = continuedClock(stateDirectory, 1);
  expect(slower.now() - clock.now()).toBeGreaterThanOrEqual(590_000);
});

/** Starts the stand-alone entry as a process of its own; resolves with its origin. */
function start(directory: string) {
  const main = join(import.meta.dirname, '../../../local/azure/main.ts');
  const { NODE_OPTIONS: _, JEST_WORKER_ID: __, ...env } = process.env;
  const args = [main, '--port', '0', '--time-scale', '60', '--seed', '1', '--state', directory];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const origin = new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const match = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(output);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`The process ended with ${code}: ${output}`)));
  });
  return { child, exited, origin };
}

test('the stand-alone process keeps what it has answered, even when it is killed', async () => {
  const send = (origin: string, method: string, path: string, body?: unknown) =>
    fetch(`${origin}${path}?api-version=2025-07-01`, {
      method,
      headers: { authorization: `Bearer ${aToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const first = start(stateDirectory);
  expect((await send(await first.origin, 'PUT', GROUP, { location: 'eastus' })).status).toBe(201);
  expect((await send(await first.origin, 'PUT', `${NETWORK}/routeTables/t`, { location: 'eastus' })).status).toBe(201);
  first.child.kill('SIGKILL');
  await first.exited;

  const second = start(stateDirectory);
  expect((await send(await second.origin, 'GET', `${NETWORK}/routeTables/t`)).status).toBe(200);
  second.child.kill('SIGTERM');
  await second.exited;
});
