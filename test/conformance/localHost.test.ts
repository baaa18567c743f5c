import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { VirtualClock } from '../../local/clock.ts';
import { startHost, type Host, type HostOptions } from '../../local/host/host.ts';
import { cases } from './cases.ts';
import { strictVersions } from './cases/versions.ts';
import type { ConformanceCase } from './conformanceCase.ts';
import { durableApi } from './durableApi.ts';
import type { HostUnderTest } from './hostUnderTest.ts';

const APP = join(import.meta.dirname, 'app');
/** Looks, not time: a status request takes about a millisecond. */
const PATIENCE = 5000;

interface Running {
  readonly host: Host;
  readonly clock: VirtualClock;
  readonly directory: string;
}

let running: Running | undefined;

/** The app's folder as the host wants it, in a place of its own, with durable settings of the case's choice. */
async function start(
  durableTask: Record<string, unknown>,
  options: Pick<HostOptions, 'queueLagMs'> = {},
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-conformance-'));
  cpSync(join(APP, 'host.json'), join(directory, 'host.json'));
  const settings = JSON.parse(readFileSync(join(directory, 'host.json'), 'utf8')) as {
    extensions: { durableTask: Record<string, unknown> };
  };
  Object.assign(settings.extensions.durableTask, durableTask);
  writeFileSync(join(directory, 'host.json'), JSON.stringify(settings));
  const clock = new VirtualClock();
  const host = await startHost({
    appDirectory: directory,
    entry: join(APP, 'index.ts'),
    port: 0,
    clock,
    log: () => undefined,
    ...options,
  });
  running = { host, clock, directory };
}

async function stop(): Promise<void> {
  await running?.host.close();
  if (running !== undefined) rmSync(running.directory, { recursive: true, force: true });
  running = undefined;
}

function underTest(): HostUnderTest {
  if (running === undefined) throw new Error('The host has not been started.');
  const { host, clock } = running;
  return {
    name: 'local host',
    origin: host.origin,
    keys: host.keys,
    virtualTime: true,
    patience: PATIENCE,
    breathe: async () => void (await setImmediate()),
    whileTimeStands: async (arrange) => {
      const release = clock.busy();
      try {
        return await arrange();
      } finally {
        release();
      }
    },
  };
}

function specify(facts: readonly ConformanceCase[]): void {
  for (const fact of facts) {
    test(fact.name, async () => {
      const host = underTest();
      await fact.run(durableApi(host), host);
    });
  }
}

describe('the local host', () => {
  beforeAll(() => start({}));
  afterAll(stop);
  for (const [part, facts] of Object.entries(cases)) describe(part, () => specify(facts));
});

describe('the local host with timers that fire early', () => {
  beforeAll(() => start({}, { queueLagMs: 300 }));
  afterAll(stop);
  for (const part of ['waits', 'generations', 'lane']) describe(part, () => specify(cases[part] ?? []));
});

describe('the local host with versionMatchStrategy Strict', () => {
  beforeAll(() => start({ versionMatchStrategy: 'Strict' }));
  afterAll(stop);
  specify(strictVersions);
});
