import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject, stringAt, type Json, type JsonObject } from '../../local/azure/json.ts';
import { files, type Ports, type Result } from './files.ts';
import { scenarios } from './scenarios.ts';

/** An undisturbed run, which every killed one is held against. */
interface Undisturbed extends Result {
  readonly writes: readonly string[];
}

/** What came of a run that was killed and started again. */
export interface Killed {
  /** After which record or request; undefined where it was done before it got there. */
  readonly after: string | undefined;
  /** What differs from the undisturbed run; empty: nothing. */
  readonly differences: readonly string[];
}

/** Runs scenarios one at a time, on ports of its own, in a temporary directory that `close` removes. */
export interface Matrix {
  undisturbed(scenario: string): Promise<Undisturbed>;
  killed(scenario: string, point: number, held: Undisturbed): Promise<Killed>;
  close(): void;
}

/** No run takes longer, of which a start takes a second. */
const LONGEST_MS = 90_000;

export async function crashMatrix(): Promise<Matrix> {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-crash-'));
  const ports = await freePorts();
  const ready = join(root, 'ready');
  let runs = 0;

  const run = async (directory: string, scenario: string, kill: number): Promise<'done' | 'killed'> => {
    const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...env } = process.env;
    const child = spawn(
      process.execPath,
      [
        '--no-warnings',
        join(import.meta.dirname, 'child.ts'),
        ...['--directory', directory, '--scenario', scenario, '--ports', JSON.stringify(ports), '--kill', String(kill)],
      ],
      { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: LONGEST_MS, killSignal: 'SIGTERM' },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (signal === 'SIGKILL') return 'killed';
    if (code === 0) return 'done';
    throw new Error(`${scenario} ended with ${String(code ?? signal)} at ${kill}: ${said.slice(-2000)}`);
  };
  const prepare = async () => {
    if (!existsSync(join(ready, files.result))) {
      await run(ready, 'prepared', 0);
      for (const file of [files.writes, files.begun]) rmSync(join(ready, file), { force: true });
    }
  };
  /** A directory with what the scenario begins with. */
  const begin = async (scenario: string): Promise<string> => {
    const directory = join(root, `run-${++runs}`);
    if (scenarios[scenario]?.onReady === true) {
      await prepare();
      cpSync(ready, directory, { recursive: true });
      rmSync(join(directory, files.result));
    }
    return directory;
  };
  const resultOf = (directory: string): Undisturbed => ({
    ...(JSON.parse(readFileSync(join(directory, files.result), 'utf8')) as Result),
    writes: readFileSync(join(directory, files.writes), 'utf8').split('\n').filter(Boolean).sort(),
  });

  return {
    async undisturbed(scenario) {
      const directory = await begin(scenario);
      await run(directory, scenario, 0);
      const result = resultOf(directory);
      rmSync(directory, { recursive: true });
      return result;
    },
    async killed(scenario, point, held) {
      const directory = await begin(scenario);
      const ended = await run(directory, scenario, point);
      if (ended === 'killed') await run(directory, scenario, 0);
      const after = ended === 'killed' ? readFileSync(join(directory, files.killed), 'utf8') : undefined;
      const differences = differencesOf(resultOf(directory), held);
      rmSync(directory, { recursive: true });
      return { after, differences };
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The end state must be the same, with one write more at the most: the repeat of the step that was interrupted. */
function differencesOf(actual: Undisturbed, held: Undisturbed): string[] {
  const differences: string[] = [];
  const leaves = [actual.state, held.state].map((state) => leavesOf(state));
  const [left = [], right = []] = leaves;
  for (const leaf of left) if (!right.includes(leaf)) differences.push(`is otherwise: ${leaf}`);
  for (const leaf of right) if (!left.includes(leaf)) differences.push(`should be: ${leaf}`);
  const more = [...actual.writes];
  for (const write of held.writes) {
    const index = more.indexOf(write);
    // One that is missing was accepted in the very moment of the kill, before it could be noted: the end state tells.
    if (index >= 0) more.splice(index, 1);
  }
  if (more.length > 1) differences.push(`written too often: ${more.join(', ')}`);
  return differences;
}

/** Every value of every resource with its path. */
function leavesOf(state: Json): string[] {
  return (state as readonly JsonObject[]).flatMap((resource) => leaves(resource, stringAt(resource, 'id') ?? ''));
}

function leaves(value: Json | undefined, path: string): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((one: Json) => leaves(one, `${path}[]`));
  if (!isObject(value)) return [`${path} = ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, one]) => leaves(one, `${path}.${name}`));
}

/** Nobody else listens there now; they are taken again in each run. */
async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    [0, 0, 0].map(async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const [functionsPort = 0, azurePort = 0, kubernetesPort = 0] = servers.map(
    (server) => (server.address() as AddressInfo).port,
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { functionsPort, azurePort, kubernetesPort };
}
