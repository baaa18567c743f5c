import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, type Shop } from '../support/shop.ts';

let cloud: TestCloud;
let shop: Shop;
beforeEach(async () => {
  cloud = await startTestCloud();
  shop = await createShop(cloud);
});
afterEach(() => cloud.close());

interface Told {
  readonly reason: string;
  readonly type: string;
  readonly message: string;
}

/** What `kubectl describe service` shows of Gatehouse, as it came. */
async function told(service: string): Promise<readonly Told[]> {
  const selector = `involvedObject.kind=Service,involvedObject.name=${service},source=gatehouse`;
  const path = `/api/v1/namespaces/default/events?fieldSelector=${encodeURIComponent(selector)}`;
  const { body } = await shop.kubernetes('GET', path);
  return (body as { items: Told[] }).items.map(({ reason, type, message }) => ({ reason, type, message }));
}

const settled = (publications: number) =>
  shop.until(({ counts, sync }) => counts.publications === publications && sync?.running === false);

test('a service hears once that it is published, and again when that changes', async () => {
  await shop.apply('web');
  await settled(1);
  const [first, ...others] = await told('web');
  expect(first).toEqual({
    reason: 'Published',
    type: 'Normal',
    message: expect.stringMatching(/^Port 80 is published at [\d.]+:80\/TCP for everybody\.$/),
  });
  expect(others).toEqual([]);
  await shop.sync();
  await shop.sync();
  expect(await told('web')).toHaveLength(1);

  await shop.annotate('web', { 'gatehouse.dev/sources': '198.51.100.0/24' });
  await shop.until(() => true);
  await shop.sync();
  await shop.sync();
  expect((await told('web')).map(({ message }) => message.replace(/.* for /, ''))).toEqual(
    expect.arrayContaining(['everybody.', '198.51.100.0/24.']),
  );
  expect(await told('web')).toHaveLength(2);
});

test('a service hears why it is not published, in the words of the app', async () => {
  await shop.apply('web', {}, { 'gatehouse.dev/sources': 'everyone' });
  await shop.addressed('web');
  await shop.sync();
  const { body } = await cloud.call('GET', '/environments/shop/services');
  const [{ reason }] = (body as unknown as { skipped: [{ reason: string }] }).skipped;
  expect(await told('web')).toEqual([
    { reason: 'NotPublished', type: 'Warning', message: `Port 80 is not published: ${reason}` },
  ]);
});

test('two that want one port hear of each other', async () => {
  await shop.apply('first');
  await settled(1);
  await shop.apply('second');
  await shop.addressed('second');
  await shop.sync();
  const reasons = (await told('second')).map(({ reason }) => reason);
  expect(reasons).toContain('PublicationConflict');
});

test('news that did not get through is told by the next sync, and a sync that failed forgets nothing', async () => {
  await shop.apply('web');
  await settled(1);
  expect(await told('web')).toHaveLength(1);
  await cloud.control('PUT', '/faults', { rules: [{ fault: 'forbidden', method: 'GET', path: FIREWALL }] });
  await shop.sync();
  await cloud.control('PUT', '/faults', { rules: [] });
  await shop.sync();
  await shop.sync();
  expect(await told('web')).toHaveLength(1);
});
