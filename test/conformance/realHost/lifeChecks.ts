import { join } from 'node:path';
import { startStandIns } from '../../../local/cloud.ts';
import { deployGatehouse } from './apps.ts';
import { runFact, skipFact, type Check, type Counts } from './checks.ts';
import { freePort } from './childProcess.ts';
import { lifeFacts, type LifeFact, type World } from './lifeFacts.ts';
import { newKeys, type HostOptions } from './startedHost.ts';

/** Local Azure's time against the wall's, in which the app lives: a firewall is there after some 13 s. */
const TIME_SCALE = 30;

/** The life of an environment, with Gatehouse as its package holds it, in a host outside of this process. */
export function lifeChecks(wanted: (fact: LifeFact) => boolean): readonly Check[] {
  const facts = lifeFacts.filter(wanted);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  return [
    {
      name: 'life of an environment',
      counts,
      skipAll: () => (counts.skipped += facts.length),
      run: async (kind, storage, directory) => {
        if (facts.length === 0) return;
        const folder = join(directory, 'Gatehouse');
        const keys = newKeys();
        const app = join(folder, 'app');
        await deployGatehouse(app);
        const standIns = await startStandIns({ azurePort: 0, timeScale: TIME_SCALE, seed: 1 });
        const { azure, clusters, appSettings: settings } = standIns;
        const options: HostOptions = {
          app,
          directory: folder,
          storage,
          port: await freePort(),
          keys,
          durableTask: { hubName: 'GatehouseLife' },
          settings,
          readyPath: `/api/environments?code=${keys.function}`,
        };
        let host = await kind.start(options);
        const world: World = {
          azure,
          clusters,
          origin: host.origin,
          keys: keys,
          crash: async () => {
            await host.kill();
            host = await kind.start(options);
          },
        };
        azure.deliverTo({ origin: host.origin, key: keys.eventGrid });
        try {
          let alive = true;
          for (const fact of facts) {
            // Each fact goes on where the one before ended.
            if (alive) alive = await runFact(counts, fact.name, () => fact.run(world));
            else skipFact(counts, fact.name);
          }
        } finally {
          await host.stop();
          await standIns.close();
        }
      },
    },
  ];
}
