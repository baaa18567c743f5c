import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface RunningProcess {
  stop(): Promise<void>;
}

const LAST_LINES = 40;

/**
 * Starts a process and waits until `ready` says so, at most `seconds`.
 *
 * @throws Error with the process's last output when it ends before or is never ready.
 */
export async function startProcess(
  name: string,
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ready: () => Promise<boolean>,
  seconds: number,
): Promise<RunningProcess> {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const output = lastLines(child);
  for (let waited = 0; waited < seconds; waited += 0.25) {
    if (failure !== undefined) throw new Error(`${name} can't be started: ${failure.message}`);
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${output()}`);
    if (await ready()) return { stop: () => stop(child) };
    await delay(250);
  }
  await stop(child);
  throw new Error(`${name} was not ready after ${seconds} s:\n${output()}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, delay(10_000).then(() => child.kill('SIGKILL'))]);
}

function lastLines(child: ChildProcess): () => string {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
      lines.splice(0, lines.length - LAST_LINES);
    });
  }
  return () => lines.join('\n');
}
