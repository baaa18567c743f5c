import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '../../../../local/clock.ts';
import { StateLockedError } from '../../../../local/stateLock.ts';
import { startTestHost } from '../testHost.ts';

interface Child {
  readonly process: ChildProcess;
  readonly origin: string;
  /** Waits until the host has written so many more lines of that kind. */
  saw(pattern: RegExp, times: number): Promise<void>;
  kill(): Promise<void>;
}

let directory: string;
const children: Child[] = [];
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-recovery-'))));
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  rmSync(directory, { recursive: true });
});

async function startChild(): Promise<Child> {
  const child = spawn(
    process.execPath,
    ['--no-warnings', fileURLToPath(import.meta.resolve('../app/main.ts')), join(directory, 'hub')],
    {
      env: { ...process.env, NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  const listeners = new Set<() => void>();
  const check = () => listeners.forEach((listener) => listener());
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    check();
  });
  const ended = once(child, 'exit').then(() => check());
  const until = <T>(find: () => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      const listener = () => {
        const found = find();
        if (found === undefined && child.exitCode === null && child.signalCode === null) return;
        listeners.delete(listener);
        if (found === undefined) reject(new Error(`The host ended before that: ${output}`));
        else resolve(found);
      };
      listeners.add(listener);
      listener();
    });
  const origin = await until(() => /^ready (\S+)$/m.exec(output)?.[1]);
  const started: Child = {
    process: child,
    origin,
    saw: async (pattern, times) => {
      const count = () => output.match(new RegExp(pattern, 'g'))?.length ?? 0;
      const before = count();
      await until(() => (count() >= before + times ? true : undefined));
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  children.push(started);
  return started;
}

const start = (origin: string, id: string, input: unknown) =>
  fetch(`${origin}/runtime/webhooks/durabletask/orchestrators/slowSteps/${id}?code=durable-key`, {
    method: 'POST',
    body: JSON.stringify(input),
  });

test('orchestrations survive a host that is killed again and again', async () => {
  const path = join(directory, 'lines.txt');
  const ids = Array.from({ length: 12 }, (_, index) => `o${index}`);
  const steps = 12;

  const first = await startChild();
  const answers = await Promise.all(ids.map((id) => start(first.origin, id, { path, steps })));
  expect(answers.map((answer) => answer.status)).toEqual(ids.map(() => 202));
  await first.saw(/wrote o/, 20);
  await first.kill();
  for (let round = 0; round < 2; round++) {
    const next = await startChild();
    await next.saw(/wrote o/, 30);
    await next.kill();
  }

  const last = await startTestHost({ taskHubDirectory: join(directory, 'hub') });
  const statuses = await Promise.all(ids.map((id) => last.durable.waitFor(id)));
  expect(statuses.map((status) => [status.runtimeStatus, status.output])).toEqual(ids.map(() => ['Completed', steps]));
  await last.close();

  // Every step ran; one that was cut off before its outcome was written ran again.
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  expect(new Set(lines).size).toBe(ids.length * steps);
  expect(lines.length - new Set(lines).size).toBeLessThanOrEqual(3 * ids.length);
});

test('a second host on the same task hub is refused while the first lives', async () => {
  const child = await startChild();
  await expect(startTestHost({ taskHubDirectory: join(directory, 'hub') })).rejects.toThrow(StateLockedError);
  await child.kill();
  const host = await startTestHost({ taskHubDirectory: join(directory, 'hub') });
  await host.close();
});

test('what has finished, what waits and what was suspended is as it was after a restart', async () => {
  const taskHubDirectory = join(directory, 'hub');
  const first = await startTestHost({ taskHubDirectory });
  const { durable } = first;
  await durable.waitFor(durable.start({ name: 'parent', instanceId: 'finished' }));
  durable.start({ name: 'waitForEvent', instanceId: 'waiting' });
  await durable.waitFor('waiting', (status) => status.customStatus === 'waiting');
  durable.start({ name: 'waitForEvent', instanceId: 'suspended' });
  durable.suspend('suspended', 'for now');
  await durable.waitFor('suspended', (status) => status.runtimeStatus === 'Suspended');
  durable.raiseEvent('suspended', 'signal', 'held back');
  durable.raiseEvent('suspended', 'signal', 'lost: nobody waits for it');
  const history = durable.history('finished');
  const keys = first.keys;
  await first.close();

  const second = await startTestHost({ taskHubDirectory });
  expect(second.keys).toEqual(keys);
  expect(second.durable.status('finished')).toMatchObject({ runtimeStatus: 'Completed', output: 24 });
  expect(second.durable.status('finished-child')).toMatchObject({ output: 4, parentInstanceId: 'finished' });
  expect(second.durable.history('finished')).toEqual(history);
  second.durable.raiseEvent('waiting', 'signal', { n: 1 });
  expect((await second.durable.waitFor('waiting')).output).toEqual({ n: 1 });
  second.durable.resume('suspended', null);
  expect((await second.durable.waitFor('suspended')).output).toBe('held back');
  await second.close();
});

test('a timer that came due while no host ran fires at once', async () => {
  const taskHubDirectory = join(directory, 'hub');
  const first = await startTestHost({ taskHubDirectory });
  const startMs = first.clock.now();
  first.clock.busy();
  first.durable.start({ name: 'waitDays', instanceId: 'sleeper', input: 2 });
  await first.durable.waitFor('sleeper', (status) => status.runtimeStatus === 'Running');
  await first.close();

  const second = await startTestHost({ taskHubDirectory, clock: new VirtualClock(startMs + 3 * 86_400_000) });
  expect((await second.durable.waitFor('sleeper')).output).toBe(3);
  await second.close();
});
