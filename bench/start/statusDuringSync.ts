import { VirtualClock } from '../../local/clock.ts';
import { startShop } from '../shop.ts';

const SERVICES = 100;
const SAMPLES = 1000;

/**
 * Asks for an environment's status, again and again, while syncs of it run that each have a firewall write to make. In virtual time
 * a sync computes without a pause, in the same process as local Azure and the caller: nobody waits longer in Azure.
 *
 * @returns how long each answer took, in milliseconds
 */
export async function statusDuringSync(): Promise<readonly number[]> {
  // More requests than one caller would be answered.
  Object.assign(process.env, { GATEHOUSE_RATE_LIMIT: '1000000', GATEHOUSE_RATE_LIMIT_TOTAL: '1000000' });
  const shop = await startShop({ clock: new VirtualClock(), seed: 1 });
  try {
    for (let index = 0; index < SERVICES; index++) await shop.publish(`web-${index}`, 8000 + index);
    await shop.until(({ counts, sync }) => counts.publications === SERVICES && sync?.running === false);
    const milliseconds: number[] = [];
    for (let change = 0; milliseconds.length < SAMPLES; change++) {
      const { syncs } = (await shop.status()).counts;
      await shop.annotate('web-0', { 'gatehouse.dev/sources': `198.51.100.${change % 250}/32` });
      await shop.call('POST', '/sync');
      const ended = shop.until(({ counts, sync }) => counts.syncs > syncs && sync?.running === false);
      let running = true;
      void ended.then(() => (running = false));
      while (running) {
        const began = performance.now();
        await shop.status();
        milliseconds.push(performance.now() - began);
      }
      await ended;
    }
    return milliseconds;
  } finally {
    await shop.close();
  }
}
