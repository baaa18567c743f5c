// Starts the local host on an unpacked package, in a process that knows nothing but the package and the host's own module;
// asks it two things and prints what came of it (StartedPackage) as its last line.
import { loadApp } from '../../local/host/app.ts';
import { startHost } from '../../local/host/host.ts';

export interface StartedPackage {
  readonly functions: readonly string[];
  readonly health: Answer;
  readonly plan: Answer;
  readonly log: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const [appDirectory = ''] = process.argv.slice(2);
const log: string[] = [];
const host = await startHost({
  appDirectory,
  port: 0,
  log: (level, source, message) => log.push(`${level} ${source}: ${message}`),
});
const answer = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: (await response.json()) as Record<string, unknown>,
});
const headers = { 'x-functions-key': host.keys.function, 'content-type': 'application/json' };
const health = await fetch(`${host.origin}/api/health`).then(answer);
const plan = await fetch(`${host.origin}/api/plans`, { method: 'POST', headers, body: '{ "name": "shop" }' }).then(
  answer,
);
// The same app again, which is loaded but once.
const { functions } = await loadApp(appDirectory, undefined, () => undefined);
await host.close();
console.log(JSON.stringify({ functions: [...functions.keys()].sort(), health, plan, log } satisfies StartedPackage));
