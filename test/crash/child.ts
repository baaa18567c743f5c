// One run of a scenario, as a process of its own that kills itself where it is told to.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endState } from '../support/endState.ts';
import { startTestCloud } from '../support/localCloud.ts';
import { prepared, scenarios } from './scenarios.ts';
import { files, type Ports, type Result } from './files.ts';

const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: '' },
    scenario: { type: 'string', default: '' },
    ports: { type: 'string', default: '{}' },
    /** After which point to die; 0: never. */
    kill: { type: 'string', default: '0' },
  },
});
const scenario = values.scenario === 'prepared' ? prepared : scenarios[values.scenario];
if (scenario === undefined) throw new Error(`There is no scenario ${values.scenario}.`);
const path = (name: string) => join(values.directory, name);
const kill = Number(values.kill);

// The passes between the drift checks only read: fewer of them leave fewer places to die at that are all alike.
process.env['GATEHOUSE_SERVICE_POLL'] = '0 5-59/15 * * * *';

/** Real time begins here: grants are judged by the wall when they are asked for. */
const start = existsSync(path(files.clock)) ? Number(readFileSync(path(files.clock), 'utf8')) : Date.now() + 60_000;
let counting = false;
let writing = false;
let points = 0;
const point = (what: string) => {
  if (!counting) return;
  points++;
  if (points !== kill) return;
  writeFileSync(path(files.clock), String(cloud.clock.now()));
  writeFileSync(path(files.killed), what);
  process.kill(process.pid, 'SIGKILL');
};

const { functionsPort, azurePort, kubernetesPort } = JSON.parse(values.ports) as Ports;
const cloud = await startTestCloud({
  start,
  built: true,
  kept: { directory: path(files.state), functionsPort, azurePort, kubernetesPort },
  onRecord: () => point('a record of the task hub'),
  onRequest: ({ method, path: asked, status }) => {
    const write = writing && (method === 'PUT' || method === 'DELETE') && status >= 200 && status < 300;
    // Names of role assignments are derived from the identity, which is another in each run.
    const name = asked.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'guid');
    if (write && status !== 204) appendFileSync(path(files.writes), `${method} ${name}\n`);
    point(`${method} ${asked}`);
  },
});

const SETTLED_MS = 20 * 60_000;
writing = true;
counting = true;
if (!existsSync(path(files.begun))) {
  await scenario.begin(cloud);
  writeFileSync(path(files.begun), String(cloud.clock.now()));
}
const begunAt = Number(readFileSync(path(files.begun), 'utf8'));
while (!(await scenario.done(cloud, begunAt))) await cloud.clock.sleep(5000);
counting = false;
// Whatever should not happen any more would happen at the next drift check.
await cloud.clock.sleep(SETTLED_MS);
const result: Result = { points, state: await endState(cloud) };
writeFileSync(path(files.clock), String(cloud.clock.now()));
await cloud.close();
writeFileSync(path(files.result), JSON.stringify(result));
process.exit();
