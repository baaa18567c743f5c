import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Start {
  /** From the start of the process to the answer of the first request. */
  readonly milliseconds: number;
  /** Resident memory after it. */
  readonly megabytes: number;
}

/**
 * Starts a process with the app of a folder and asks it for the status of an environment, which there is none of.
 *
 * @throws Error when it doesn't answer as the app does
 */
export async function measuredStart(host: string, appDirectory: string): Promise<Start> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, [host, appDirectory], {
    env: { ...env, GATEHOUSE_SUBSCRIPTION: '00000000-0000-0000-0000-0000000000aa' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  try {
    const response = await fetch(`${await line()}/api/environments/none`, { headers: { 'x-functions-key': 'bench' } });
    const body = await response.text();
    const milliseconds = performance.now() - began;
    if (response.status !== 404 || !body.includes('urn:gatehouse:problem:'))
      throw new Error(`${appDirectory} answered ${response.status}: ${body}`);
    child.stdin.end();
    return { milliseconds, megabytes: Number(await line()) / 1e6 };
  } finally {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  }
}
