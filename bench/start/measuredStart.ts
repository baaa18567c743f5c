import { PROCESS_KEY, startAppProcess } from '../processes.ts';

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
  const began = performance.now();
  const app = await startAppProcess(host, appDirectory, {
    GATEHOUSE_SUBSCRIPTION: '00000000-0000-0000-0000-0000000000aa',
  });
  try {
    const headers = { 'x-functions-key': PROCESS_KEY };
    const response = await fetch(`${app.origin}/api/environments/none`, { headers });
    const body = await response.text();
    const milliseconds = performance.now() - began;
    if (response.status !== 404 || !body.includes('urn:gatehouse:problem:'))
      throw new Error(`${appDirectory} answered ${response.status}: ${body}`);
    return { milliseconds, megabytes: (await app.end()).resident / 1e6 };
  } finally {
    await app.kill();
  }
}
