import { startTestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop } from '../support/shop.ts';

const HOME = '198.51.100.9/32';

test('an environment inherits no grant of a deleted one of its name, whose access lane had broken', async () => {
  const cloud = await startTestCloud();
  try {
    const shop = await createShop(cloud);
    await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: HOME });
    await cloud.host.durable.waitFor('shop.shop', ({ customStatus }) => {
      const { state, grants } = customStatus as { state: string; grants: readonly object[] };
      return state === 'waiting' && grants.length === 1;
    });
    cloud.host.durable.terminate('shop.shop', 'broken');
    await cloud.host.durable.waitFor('shop.shop');
    await cloud.call('DELETE', '/environments/shop');
    await cloud.untilState('shop', 'deleted');

    await cloud.call('POST', '/environments', { name: 'shop' });
    await shop.until(({ state, counts }) => state === 'ready' && counts.syncs > 0);
    await shop.sync();
    expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ access: { grants: [] } });
    const cluster = (await cloud.control('GET', `/state${CLUSTER}`)) as {
      properties: { apiServerAccessProfile: { authorizedIPRanges: string[] } };
    };
    expect(cluster.properties.apiServerAccessProfile.authorizedIPRanges).not.toContain(HOME);
  } finally {
    await cloud.close();
  }
});
