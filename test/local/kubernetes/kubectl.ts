import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = 'kubectl';

/** Whether kubectl is there to test with; without it the tests are skipped, counted and said so. */
export const hasKubectl = spawnSync(PROGRAM, ['version', '--client'], { stdio: 'ignore' }).status === 0;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kubectl {
  /** Runs a command line, of which no argument has spaces, to its end. */
  (command: string, input?: string): Promise<Ran>;
  /** Starts a command that goes on until stopped; `line` gives its next line of output. */
  start(command: string): { line(): Promise<string>; stop(): Promise<void> };
  close(): void;
}

/** kubectl with a home of its own, so that neither the user's configuration nor a cached discovery plays a part. */
export function kubectlWith(kubeconfig: string): Kubectl {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-kubectl-'));
  const path = join(home, 'config');
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: path };
  const run = (command: string, input = '') =>
    new Promise<Ran>((resolve, reject) => {
      const child = spawn(PROGRAM, command.split(' '), { env });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.end(input);
    });
  const start = (command: string) => {
    const child = spawn(PROGRAM, command.split(' '), { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const waiting: ((line: string) => void)[] = [];
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const first = waiting.shift();
        if (first === undefined) lines.push(part);
        else first(part);
      }
    });
    return {
      line: () =>
        new Promise<string>((resolve) => {
          const first = lines.shift();
          if (first === undefined) waiting.push(resolve);
          else resolve(first);
        }),
      stop: () =>
        new Promise<void>((resolve) => {
          child.on('close', () => resolve());
          child.kill();
        }),
    };
  };
  return Object.assign(run, { start, close: () => rmSync(home, { recursive: true }) });
}
