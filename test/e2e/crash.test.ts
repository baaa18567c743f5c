import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WrittenBody } from '../support/armSchemas.ts';
import { writtenBodies } from '../support/writtenBodies.ts';

/** `npm start` as a process of its own, on ports of its own. */
interface Running {
  readonly process: ChildProcess;
  readonly api: string;
  readonly azure: string;
  readonly key: string;
}

const state = mkdtempSync(join(tmpdir(), 'gatehouse-crash-'));
let running: Running | undefined;

afterAll(async () => {
  await kill();
  rmSync(state, { recursive: true, force: true });
});

/** Starts it, after a crash on the ports it had: operations under way are followed at the address they were given. */
async function start(before?: Running): Promise<Running> {
  if (!existsSync('dist/local/main.js')) throw new Error('dist/ is missing: run `npm run build` first.');
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...env } = process.env;
  const portOf = (url = 'http://127.0.0.1:0') => new URL(url).port || '0';
  const free = ['--https-port', '0', '--kubernetes-port', '0'];
  const ports = ['--port', portOf(before?.api), '--azure-port', portOf(before?.azure), ...free];
  const child = spawn(process.execPath, ['dist/local/main.js', ...ports, '--time-scale', '100', '--state', state], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('Ctrl+C')) break;
  }
  const find = (pattern: RegExp) => {
    const [, found] = pattern.exec(text) ?? [];
    if (found === undefined) throw new Error(`npm start printed no ${String(pattern)}: ${text}`);
    return found;
  };
  running = {
    process: child,
    api: find(/app +(\S+)/),
    azure: find(/local Azure +(\S+)/),
    key: find(/key +(\S+)/),
  };
  return running;
}

async function kill(): Promise<void> {
  const child = running?.process;
  running = undefined;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

interface Shown {
  readonly state: string;
  readonly steps: readonly { readonly name: string; readonly state: string }[];
}

/** Asks again and again until the answer is the one waited for; jest's own time limit bounds it. */
async function until({ api, key }: Running, wanted: (shown: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const response = await fetch(`${api}/environments/aks-egress`, { headers: { 'x-functions-key': key } });
    if (response.ok) {
      const shown = (await response.json()) as Shown;
      if (wanted(shown)) return shown;
    }
  }
}

const hasBegun = (step: string) => (shown: Shown) =>
  shown.steps.some(({ name, state: stepState }) => name === step && stepState !== 'pending');

const bodies = writtenBodies();

/** Writes that local Azure has accepted in this run; its log ends with its process. */
async function acceptedWrites({ azure }: Running): Promise<string[]> {
  const { requests } = (await (await fetch(`${azure}/_local/requests`)).json()) as {
    requests: (WrittenBody & { write: boolean; status: number })[];
  };
  requests.forEach(bodies.add);
  return requests.filter(({ write, status }) => write && status < 300).map(({ path }) => path);
}

test('killed twice in the middle of creation, the environment completes with no write done twice', async () => {
  const first = await start();
  const answer = await fetch(`${first.api}/environments`, {
    method: 'POST',
    headers: { 'x-functions-key': first.key },
    body: '{ "name": "aks-egress" }',
  });
  expect(answer.status).toBe(202);
  await until(first, hasBegun('firewall'));
  const writes = await acceptedWrites(first);
  await kill();

  const second = await start(first);
  await until(second, hasBegun('cluster'));
  writes.push(...(await acceptedWrites(second)));
  await kill();

  const last = await start(first);
  const shown = await until(last, ({ state: current }) => current !== 'provisioning');
  expect(shown.steps.filter((step) => step.state !== 'done')).toEqual([]);
  expect(shown.state).toBe('ready');
  expect(shown.steps.every((step) => step.state === 'done')).toBe(true);
  writes.push(...(await acceptedWrites(last)));

  bodies.requireValid();
  expect(writes.filter((path) => path.includes('/azureFirewalls/'))).toHaveLength(1);
  expect(writes.filter((path) => path.endsWith('/managedClusters/aks-egress'))).toHaveLength(1);
  const { resources } = (await (await fetch(`${last.azure}/_local/state`)).json()) as { resources: { id: string }[] };
  const ids = resources.map(({ id }) => id.toLowerCase());
  expect(new Set(ids).size).toBe(ids.length);
}, 120_000);
