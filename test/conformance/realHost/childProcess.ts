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
  /** Ends it and all that it has started at once, as a crash of the machine would. */
  kill(): Promise<void>;
}

const LAST_LINES = 40;
/** How long a process may take to end by itself. */
const STOP_MS = 10_000;

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
  // A process group of its own, which `kill` ends as a whole.
  const child = spawn(command, args, { ...options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const killGroup = () => void (child.pid !== undefined && hasNotEnded(child) && process.kill(-child.pid, 'SIGKILL'));
  process.once('exit', killGroup);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const output = lastLines(child);
  for (let waited = 0; waited < seconds; waited += 0.25) {
    if (failure !== undefined) throw new Error(`${name} can't be started: ${failure.message}`);
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${output()}`);
    if (await ready()) return { stop: () => stop(child, killGroup), kill: () => kill(child, killGroup) };
    await delay(250);
  }
  await stop(child, killGroup);
  throw new Error(`${name} was not ready after ${seconds} s:\n${output()}`);
}

const hasNotEnded = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

async function stop(child: ChildProcess, killGroup: () => void): Promise<void> {
  if (!hasNotEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(killGroup, STOP_MS);
  await ended;
  clearTimeout(late);
}

async function kill(child: ChildProcess, killGroup: () => void): Promise<void> {
  if (!hasNotEnded(child)) return;
  const ended = once(child, 'exit');
  killGroup();
  await ended;
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
