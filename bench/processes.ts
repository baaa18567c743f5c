import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { scaledClock } from '../local/clock.ts';

/** The app in a process of its own. */
export interface AppProcess {
  readonly origin: string;
  /** Asks it what memory it has; it ends with that. */
  end(): Promise<ProcessMemory>;
  kill(): Promise<void>;
}

/** Bytes. */
export interface ProcessMemory {
  readonly resident: number;
  /** Without mapped files, such as Node's own program. */
  readonly private: number;
  /** The same once everything is freed that can be, and the heap in it. */
  readonly kept: number;
  readonly heap: number;
}

/** The function and Event Grid key of such a process. */
export const PROCESS_KEY = 'bench';

/** The local host as one file, so that whatever app it starts bears the same of it. */
export async function bundleHost(file: string): Promise<void> {
  await build({
    entryPoints: ['bench/appProcess.ts'],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

/**
 * Starts the app of a folder in a process of its own and waits until it listens.
 *
 * @param host what `bundleHost` has made
 * @param clock in which time it lives; without one, no timer runs
 * @throws Error when it ends before it listens
 */
export async function startAppProcess(
  host: string,
  appDirectory: string,
  settings: Readonly<Record<string, string>>,
  clock?: Parameters<typeof scaledClock>,
): Promise<AppProcess> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const options = ['--app', appDirectory, ...(clock === undefined ? [] : ['--clock', JSON.stringify(clock)])];
  const child = spawn(process.execPath, ['--expose-gc', host, ...options], {
    env: { ...env, ...settings },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`The process with the app of ${appDirectory} has ended.`);
    return next.value;
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    origin: await line(),
    end: async () => {
      child.stdin.end();
      return JSON.parse(await line()) as ProcessMemory;
    },
    kill,
  };
}
