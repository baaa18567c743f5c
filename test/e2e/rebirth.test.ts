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

const ENTRA = { adminGroups: ['33333333-4444-4000-8000-000000000001'], localAccounts: false };

test('a cluster made anew under its name is read as what it is now, whatever is remembered of the one before', async () => {
  const cloud = await startTestCloud();
  try {
    const read = async (cluster: object) => {
      const shop = await createShop(cloud, { cluster });
      expect((await shop.sync()).sync).toMatchObject({ lastResult: 'done', report: { problems: [] } });
      await cloud.call('DELETE', '/environments/shop');
      await cloud.untilState('shop', 'deleted', 'failed');
    };
    for (const cluster of [
      { private: true },
      { private: true, entra: ENTRA },
      {},
      { entra: ENTRA },
      { private: true },
      { entra: ENTRA },
    ]) {
      await read(cluster);
    }
  } finally {
    await cloud.close();
  }
});

test('an app that has met one local Azure gets tokens of another kind from the next', async () => {
  for (const cluster of [{ private: true }, { entra: ENTRA }]) {
    const cloud = await startTestCloud();
    try {
      const shop = await createShop(cloud, { cluster });
      expect((await shop.sync()).sync).toMatchObject({ lastResult: 'done', report: { problems: [] } });
    } finally {
      await cloud.close();
    }
  }
});
