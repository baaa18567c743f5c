import { join } from 'node:path';
import { cases } from '../cases.ts';
import { strictVersions } from '../cases/versions.ts';
import type { ConformanceCase } from '../conformanceCase.ts';
import { durableApi } from '../durableApi.ts';
import { deployConformanceApp } from './apps.ts';
import { runFact, skipFact, type Check, type Counts } from './checks.ts';
import { freePort } from './childProcess.ts';
import { newKeys, type StartedHost } from './startedHost.ts';

/** Cases wait for queues and timers most of the time, so several run side by side. */
const SIDE_BY_SIDE = 8;

/** The conformance cases, with the settings that some of them need. */
export function conformanceChecks(wanted: (fact: ConformanceCase) => boolean): readonly Check[] {
  return [
    conformance('conformance', 'Conformance', Object.values(cases).flat().filter(wanted), {}),
    conformance('conformance, strict versions', 'ConformanceStrict', strictVersions.filter(wanted), {
      versionMatchStrategy: 'Strict',
    }),
  ];
}

function conformance(
  name: string,
  hubName: string,
  facts: readonly ConformanceCase[],
  settings: Readonly<Record<string, string>>,
): Check {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

  async function runOne(fact: ConformanceCase, host: StartedHost): Promise<void> {
    if (fact.needsVirtualTime === true) skipFact(counts, fact.name);
    else await runFact(counts, fact.name, () => fact.run(durableApi(host), host));
  }

  return {
    name,
    counts,
    skipAll: () => (counts.skipped += facts.length),
    run: async (kind, storage, directory) => {
      if (facts.length === 0) return;
      const app = join(directory, hubName, 'app');
      await deployConformanceApp(app);
      const host = await kind.start({
        app,
        directory: join(directory, hubName),
        storage,
        port: await freePort(),
        keys: newKeys(),
        durableTask: { ...settings, hubName },
        settings: {},
        readyPath: '/api/mirror/ready',
      });
      try {
        const left = [...facts];
        const runner = async () => {
          for (let fact = left.shift(); fact !== undefined; fact = left.shift()) await runOne(fact, host);
        };
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runner));
      } finally {
        await host.stop();
      }
    },
  };
}
