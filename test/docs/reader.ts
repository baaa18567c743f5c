import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_CALLER_ADDRESS } from '../../local/cloud.ts';
import { adoptedBy, buildWhatIsAdopted } from '../../local/existing.ts';
import { commandLine } from '../support/commandLine.ts';
import { startTestCloud } from '../support/localCloud.ts';
import { wordsOf } from './pageCommands.ts';

interface Ran {
  readonly code: number | null;
  /** Standard output. */
  readonly out: string;
  readonly err: string;
}

/** Somebody who tries a page's commands one after the other, each by the program that it names, in a folder like a clone's. */
export interface Reader {
  run(command: string): Promise<Ran>;
  close(): Promise<void>;
}

/** What Gatehouse does within so long after a change, and what a reader waits for before the next command: a load balancer, an event, a write of the firewall. */
const PATIENCE_MS = 8 * 60_000;

const QUARTER_MS = 15 * 60_000;

const PREFIX = 'npm run gatehouse -- ';

/** The ports that pages name: those of `npm start` when nobody says otherwise. */
const APP = 'http://127.0.0.1:7071';
const AZURE = 'http://127.0.0.1:8480';

/** What runs here in place of `npm start`, with time that passes while nobody works. */
export async function startReader(): Promise<Reader> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-docs-'));
  symlinkSync(join(process.cwd(), 'examples'), join(directory, 'examples'));
  const kept = { directory: join(directory, '.gatehouse'), functionsPort: 0, azurePort: 0, kubernetesPort: 0 };
  const cloud = await startTestCloud({ start: nextQuarter(), kept, callerAddress: LOCAL_CALLER_ADDRESS });
  const line = commandLine(cloud, directory);
  // As npm tells it to what `npm run gatehouse` starts.
  line.env['npm_lifecycle_event'] = 'gatehouse';
  const exported: string[] = [];

  const shell = (command: string) =>
    new Promise<Ran>((resolve, reject) => {
      const here = command.replaceAll(APP, cloud.host.origin).replaceAll(AZURE, cloud.azure.origin);
      const env = { PATH: process.env['PATH'], HOME: directory };
      const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', [...exported, here].join('\n')], {
        cwd: directory,
        env,
      });
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, err }));
      child.stdin.end();
    });

  const run = async (command: string): Promise<Ran> => {
    if (command.startsWith(PREFIX)) {
      const ended = await line.gatehouse(...wordsOf(command.slice(PREFIX.length)));
      if (changesSomething(command)) await cloud.clock.sleep(PATIENCE_MS);
      return ended;
    }
    const [, existing] = /^npm start -- --existing (\S+)/.exec(command) ?? [];
    if (existing !== undefined) {
      const adopt = adoptedBy(readFileSync(existing, 'utf8'));
      if (adopt === undefined) throw new Error(`${existing} adopts nothing.`);
      await buildWhatIsAdopted(cloud.azure, cloud.clock, { adopt, file: existing });
      return { code: 0, out: '', err: '' };
    }
    // Time would run away while a program starts; a deletion alone waits for what takes time.
    const goOn = command.startsWith('kubectl delete') ? () => undefined : cloud.clock.busy();
    const ran = await shell(command).finally(goOn);
    if (command.startsWith('export ')) exported.push(command);
    if (changesSomething(command)) await cloud.clock.sleep(PATIENCE_MS);
    return ran;
  };
  return {
    run,
    close: async () => {
      try {
        await cloud.close();
      } finally {
        line.close();
      }
    },
  };
}

/**
 * Grants must end after the time on the wall. From a whole quarter of an hour on, timers strike at the same places of a page each time.
 *
 * @returns epoch ms
 */
const nextQuarter = (): number => Math.ceil(Date.now() / QUARTER_MS) * QUARTER_MS;

/** After which somebody waits until Gatehouse has followed. */
const changesSomething = (command: string): boolean =>
  /kubectl|^npm run gatehouse -- (up|adopt|sync|retry|approve|grant|revoke)\b/.test(command);
