import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, type Shop } from '../support/shop.ts';

const HOUR_MS = 3_600_000;

interface Heard {
  readonly path: string;
  readonly type: string | undefined;
  readonly body: Record<string, unknown> & { readonly type: string; readonly data?: { readonly text: string } };
}

let webhook: Server;
let started = 0;
let heard: Heard[];
/** What the webhook answers, in turn; 202 when nothing is left. */
let answers: number[];
let cloud: TestCloud;
let shop: Shop;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

beforeAll(async () => {
  webhook = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const status = answers.shift() ?? 202;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
      if (status >= 400) return;
      heard.push({
        path: request.url ?? '',
        type: request.headers['content-type'],
        body: JSON.parse(text === '' ? '{}' : text) as Heard['body'],
      });
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const { port } = webhook.address() as AddressInfo;
  process.env['GATEHOUSE_NOTIFY_URL'] = `http://127.0.0.1:${port}/hook?sig=opensesame`;
  process.env['GATEHOUSE_NOTIFY_HOSTS'] = '127.0.0.1';
});
afterAll(async () => {
  delete process.env['GATEHOUSE_NOTIFY_URL'];
  delete process.env['GATEHOUSE_NOTIFY_HOSTS'];
  await new Promise((resolve) => webhook.close(resolve));
});
beforeEach(async () => {
  [heard, answers] = [[], []];
  // Virtual time jumps from timer to timer, so that two environments may come about in the very same millisecond.
  cloud = await startTestCloud({ start: Date.now() + ++started * HOUR_MS });
  // Two deletions at once are too many here.
  shop = await createShop(cloud, { ingress: { maxDeletes: { count: 1, percent: 0 } } });
});
afterEach(() => cloud.close());

const kinds = () => heard.map(({ body }) => body.type.replace('dev.gatehouse.', ''));

/** Lets Azure's time go on until this has been heard; jest's own time limit bounds it. */
async function untilHeard(kind: string): Promise<Heard> {
  for (;;) {
    const found = heard.find(({ body }) => body.type === `dev.gatehouse.${kind}`);
    if (found !== undefined) return found;
    await cloud.clock.sleep(10_000);
  }
}

/** Somebody switches threat intelligence off by hand, and a sync switches it on again. */
async function tampered(): Promise<void> {
  const firewall = (await cloud.control('GET', `/state${FIREWALL}`)) as { properties: object };
  await cloud.control('PUT', `/state${FIREWALL}`, {
    ...firewall,
    properties: { ...firewall.properties, threatIntelMode: 'Off' },
  });
  await shop.sync();
}

test('the end of a creation is told once, as a CloudEvent', async () => {
  const { path, type, body } = await untilHeard('creation-finished');
  expect([path, type]).toEqual(['/hook?sig=opensesame', 'application/cloudevents+json']);
  expect(body).toMatchObject({
    specversion: '1.0',
    id: expect.stringMatching(/^notice-[\da-f-]{36}$/),
    source: '/gatehouse/environments/shop',
    data: { environment: 'shop', severity: 'info', title: 'shop is ready' },
  });
  await cloud.clock.sleep(2 * HOUR_MS);
  expect(kinds()).toEqual(['creation-finished']);
});

test('what somebody has changed by hand is told with who it was, and each time anew', async () => {
  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  await tampered();
  expect((await untilHeard('drift-found')).body.data?.text).toContain('threatIntelMode');
  await tampered();
  while (kinds().filter((kind) => kind === 'drift-found').length < 2) await cloud.clock.sleep(10_000);
  expect(kinds().filter((kind) => kind === 'drift-found')).toHaveLength(2);
});

test('a sync that fails is told once a day, with the remedy', async () => {
  await strikeBy(cloud, { fault: 'forbidden', path: FIREWALL });
  await cloud.call('POST', '/environments/shop/sync');
  expect((await untilHeard('sync-failed')).body.data?.text).toContain('az role assignment create');
  await cloud.clock.sleep(HOUR_MS);
  expect(kinds().filter((kind) => kind === 'sync-failed').length).toBeLessThanOrEqual(2);
});

test('deletions that are held are told with how to release them', async () => {
  for (const index of [0, 1, 2]) await shop.apply(`s${index}`, { ports: [{ port: 8000 + index }] });
  await shop.until(({ counts, sync }) => counts.publications === 3 && sync?.running === false);
  for (const index of [0, 1, 2]) await shop.remove(`s${index}`);
  await shop.until(({ sync }) => sync?.report?.held?.rules === 3);
  expect((await untilHeard('deletions-held')).body.data?.text).toContain('gatehouse approve shop');
});

test('a webhook that is down hears it later, and no sync waits for it', async () => {
  await untilHeard('creation-finished');
  answers = [503, 503, 500];
  await tampered();
  expect(heard).toHaveLength(1);
  await untilHeard('drift-found');
  expect(answers).toEqual([]);
});

test('a redirect is not followed, and counts as not taken', async () => {
  await untilHeard('creation-finished');
  answers = [302, 302, 302];
  await tampered();
  while (answers.length > 0 || kinds().filter((kind) => kind === 'drift-found').length < 4)
    await cloud.clock.sleep(10_000);
  expect(heard.map(({ path }) => path.replace(/\?.*/, ''))).toEqual(heard.map(() => '/hook'));
});
