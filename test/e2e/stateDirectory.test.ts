import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Command = 'main' | 'azure' | 'appOnly';

let state: string;
const endings: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'gatehouse-state-'));
});
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  rmSync(state, { recursive: true, force: true });
});

/** Runs a built command as a process of its own, as npm does. */
function run(command: Command, ...args: readonly string[]) {
  const file = `dist/local/${command}.js`;
  if (!existsSync(file)) throw new Error('dist/ is missing: run `npm run build` first.');
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...env } = process.env;
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  endings.push(() => {
    child.kill('SIGKILL');
    return exited;
  });
  return {
    child,
    /** The exit code and everything on standard error, once it has ended. */
    ended: async () => ({ code: await exited, errors }),
    stop: (signal: NodeJS.Signals) => {
      child.kill(signal);
      return exited;
    },
    /** Resolves with what it has printed so far, once that shows that it listens. */
    listening: async (sign: string) => {
      while (!output.includes(sign)) {
        if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${errors}`);
        await Promise.race([once(child.stdout, 'data'), exited]);
      }
      return output;
    },
  };
}

const free = ['--port', '0', '--azure-port', '0', '--https-port', '0'];
const started = async (process: ReturnType<typeof run>) => {
  const text = await process.listening('Ctrl+C');
  const [, api = ''] = /app +(\S+)/.exec(text) ?? [];
  const [, azure = ''] = /local Azure +(\S+)/.exec(text) ?? [];
  const [, key = ''] = /key +(\S+)/.exec(text) ?? [];
  return { api, azure, key };
};
const group = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/kept';

test('a second start on a state directory in use changes nothing in it and says what to do', async () => {
  const first = run('main', ...free, '--state', state);
  const { azure } = await started(first);
  const clock = readFileSync(join(state, 'clock.json'), 'utf8');

  const second = run('main', ...free, '--state', state, '--time-scale', '7');
  expect(await second.ended()).toEqual({
    code: 1,
    errors: `The state directory ${state} is in use by process ${first.child.pid}. Stop that process, or choose another directory (--state DIR).\n`,
  });
  // Its parts can't be taken one by one either.
  const part = run('azure', '--port', '0', '--https-port', '0', '--state', join(state, 'azure'));
  expect(await part.ended()).toMatchObject({ code: 1, errors: expect.stringContaining(`process ${first.child.pid}`) });
  const app = run('appOnly', '--port', '0', '--state', join(state, 'task-hub'));
  expect(await app.ended()).toMatchObject({ code: 1, errors: expect.stringContaining(`process ${first.child.pid}`) });
  expect(readFileSync(join(state, 'clock.json'), 'utf8')).toBe(clock);

  // What the first one is told from here on is still there after its end, even by a kill.
  const put = await fetch(`${azure}/_local/state${group}`, { method: 'PUT', body: '{ "location": "eastus" }' });
  expect(put.status).toBe(201);
  await first.stop('SIGKILL');
  const next = await started(run('main', ...free, '--state', state));
  const kept = await fetch(`${next.azure}/_local/state${group}`);
  expect(await kept.json()).toMatchObject({ location: 'eastus' });
});

test('local Azure alone takes its state directory for itself, and gives it back when it is stopped', async () => {
  const first = run('azure', '--port', '0', '--https-port', '0', '--state', state);
  await first.listening('listens on');
  const second = run('azure', '--port', '0', '--https-port', '0', '--state', state);
  expect(await second.ended()).toEqual({
    code: 1,
    errors: `The state directory ${state} is in use by process ${first.child.pid}. Stop that process, or choose another directory (--state DIR).\n`,
  });
  expect(await first.stop('SIGINT')).toBe(0);
  expect(existsSync(join(state, 'state.lock'))).toBe(false);
});

test('a port in use is one line that names the flag to choose another, and opens no state of local Azure', async () => {
  const { azure, api } = await started(run('main', ...free, '--state', join(state, 'first')));
  const port = new URL(azure).port;
  const other = join(state, 'second');
  const line = (used: string, flag: string) =>
    `Port ${used} is in use. Stop what listens there, or choose another port with --${flag} (0 picks a free one).\n`;

  const noAzurePort = run('main', ...free, '--azure-port', port, '--state', other);
  expect(await noAzurePort.ended()).toEqual({ code: 1, errors: line(port, 'azure-port') });
  expect(existsSync(join(other, 'azure', 'journal.jsonl'))).toBe(false);
  const noPort = run('main', ...free, '--port', new URL(api).port, '--state', other);
  expect(await noPort.ended()).toEqual({ code: 1, errors: line(new URL(api).port, 'port') });
  const noHttpsPort = run('main', ...free, '--https-port', port, '--state', other);
  expect(await noHttpsPort.ended()).toEqual({ code: 1, errors: line(port, 'https-port') });
  const alone = run('azure', '--port', port, '--https-port', '0');
  expect(await alone.ended()).toEqual({ code: 1, errors: line(port, 'port') });
});

test('an option that can not be used is one line and exit code 2', async () => {
  expect(await run('azure', '--time-scale', 'fast').ended()).toEqual({
    code: 2,
    errors: '--time-scale takes a number from 0.1 to 10000 (Azure seconds per second), not "fast".\n',
  });
  expect(await run('azure', '--port', '').ended()).toEqual({
    code: 2,
    errors: '--port takes a whole number from 0 to 65535, not "".\n',
  });
});
