import { endState } from '../support/endState.ts';
import { startTestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, NETWORK } from '../support/shop.ts';

test('what is gone from a ready environment is built again, and its services are published anew', async () => {
  const cloud = await startTestCloud();
  try {
    const shop = await createShop(cloud);
    await shop.apply('web');
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    const before = await endState(cloud);
    await cloud.control('DELETE', `/state${FIREWALL}`);
    await cloud.control('DELETE', `/state${NETWORK}/routeTables/shop-fwrt`);
    const failed = await shop.sync();
    expect(failed).toMatchObject({ state: 'ready', sync: { lastResult: 'failed' } });
    expect(failed.findings[0]?.message).toContain('Retry');
    expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
    await shop.until(({ state }) => state === 'provisioning');
    await shop.until(
      ({ counts, state, sync }) => state === 'ready' && counts.publications === 1 && sync?.running === false,
    );
    expect((await shop.rules()).map(({ destinationPorts }) => destinationPorts)).toEqual([['80']]);
    expect(await endState(cloud)).toEqual(before);
  } finally {
    await cloud.close();
  }
});
