import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop } from '../support/shop.ts';

const HOUR_MS = 3_600_000;
/** A documentation range that is public as far as Azure is concerned. */
const HOME = '198.51.100.9/32';

let cloud: TestCloud;
// Expiries are judged by the app's clock before they get to the lane's: both begin on the same day here.
beforeEach(async () => {
  cloud = await startTestCloud({ start: Date.now() });
  await createShop(cloud);
});
afterEach(() => cloud.close());

async function ranges(): Promise<readonly string[]> {
  const cluster = (await cloud.control('GET', `/state${CLUSTER}`)) as {
    properties: { apiServerAccessProfile: { authorizedIPRanges: string[] } };
  };
  return cluster.properties.apiServerAccessProfile.authorizedIPRanges;
}

/** Looks again and again, in Azure time; jest's own time limit bounds it. */
async function untilRanges(wanted: (current: readonly string[]) => boolean): Promise<readonly string[]> {
  for (;;) {
    const current = await ranges();
    if (wanted(current)) return current;
    await cloud.clock.sleep(1000);
  }
}

const grant = (label: string, body: unknown) => cloud.call('PUT', `/environments/shop/grants/${label}`, body);
const inHours = (hours: number) => new Date(cloud.clock.now() + hours * HOUR_MS).toISOString();
const setRanges = (authorizedIPRanges: readonly string[]) =>
  cloud.control('PUT', `/state${CLUSTER}`, { properties: { apiServerAccessProfile: { authorizedIPRanges } } });

test('a grant lets its range in, is shown, and ends by itself though nothing else happens', async () => {
  const before = await ranges();
  expect((await grant('ana', { cidr: '198.51.100.9', expires: inHours(1) })).status).toBe(202);
  expect(await untilRanges((current) => current.includes(HOME))).toEqual([...before, HOME]);
  const { body } = await cloud.call('GET', '/environments/shop');
  expect(body).toMatchObject({ access: { grants: [{ label: 'ana', cidr: HOME }] } });
  const ended = cloud.clock.now();
  expect(await untilRanges((current) => !current.includes(HOME))).toEqual(before);
  expect(cloud.clock.now() - ended).toBeLessThan(1.1 * HOUR_MS);
});

test('the same label replaces a grant, and a revoked one goes', async () => {
  const before = await ranges();
  await grant('ana', { cidr: HOME });
  await untilRanges((current) => current.includes(HOME));
  await grant('ana', { cidr: '198.51.100.10' });
  expect(await untilRanges((current) => !current.includes(HOME))).toEqual([...before, '198.51.100.10/32']);
  expect((await cloud.call('DELETE', '/environments/shop/grants/ana')).status).toBe(202);
  expect(await untilRanges((current) => current.length === before.length)).toEqual(before);
  const again = await cloud.call('DELETE', '/environments/shop/grants/ana');
  expect(again).toMatchObject({ status: 404, body: { type: 'urn:gatehouse:problem:grant-not-found' } });
});

test('what others have authorized stays, what is covered is told, and the firewall comes back', async () => {
  const [frontend = '', ...own] = await ranges();
  await setRanges([...own, '192.0.2.0/24']);
  await cloud.call('POST', '/environments/shop/sync');
  const repaired = await untilRanges((current) => current.includes(frontend));
  expect(repaired).toEqual([...own, '192.0.2.0/24', frontend]);
  await grant('ben', { cidr: HOME });
  const after = await untilRanges((current) => current.includes(HOME));
  expect(after).toEqual([...repaired, HOME]);
  expect((await grant('cleo', { cidr: HOME })).body).toMatchObject({ coveredBy: HOME });
});

test.each<[string, unknown, string]>([
  ['no JSON', '{', ''],
  ['too wide', { cidr: '198.0.0.0/8' }, 'cidr'],
  ['everybody', { cidr: '0.0.0.0/0' }, 'cidr'],
  ['private', { cidr: '10.1.2.3' }, 'cidr'],
  ['over', { cidr: HOME, expires: '2020-01-01T00:00:00Z' }, 'expires'],
  ['a field that is unknown', { cidr: HOME, until: 'soon' }, 'until'],
])('a grant that is %s is refused with the field and the remedy', async (_what, body, path) => {
  const refused = await grant('ana', body);
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({ problems: [{ path, remedy: expect.stringMatching(/./) }] });
});

test('the 201st range is refused, and the list stays as it is', async () => {
  const before = await ranges();
  const theirs = Array.from({ length: 200 - before.length }, (_, index) => `192.0.2.${index}/32`);
  await setRanges([...before, ...theirs]);
  await cloud.call('POST', '/environments/shop/sync');
  await grant('ana', { cidr: HOME });
  const shown = async () => (await cloud.call('GET', '/environments/shop')).body as { access?: { problem?: object } };
  while ((await shown()).access?.problem === undefined) await cloud.clock.sleep(1000);
  expect((await shown()).access?.problem).toMatchObject({
    message: expect.stringContaining('200'),
    remedy: expect.stringMatching(/./),
  });
  expect(await ranges()).toHaveLength(200);
  expect(await grant('ben', { cidr: '198.51.100.11' })).toMatchObject({
    status: 400,
    body: { problems: [{ path: 'cidr' }] },
  });
});

test('a grant while the cluster is busy is written when it is not', async () => {
  await cloud.control('PUT', `/state${CLUSTER}`, { properties: { provisioningState: 'Updating' } });
  await grant('ana', { cidr: HOME });
  await cloud.clock.sleep(600_000);
  expect(await ranges()).not.toContain(HOME);
  await cloud.control('PUT', `/state${CLUSTER}`, { properties: { provisioningState: 'Succeeded' } });
  await untilRanges((current) => current.includes(HOME));
});

test('grants that come while one waits for a busy cluster are all taken back', async () => {
  const before = await ranges();
  await cloud.control('PUT', `/state${CLUSTER}`, { properties: { provisioningState: 'Updating' } });
  await grant('ana', { cidr: HOME });
  await cloud.clock.sleep(120_000);
  await grant('ben', { cidr: '198.51.100.20' });
  await cloud.clock.sleep(120_000);
  await cloud.control('PUT', `/state${CLUSTER}`, { properties: { provisioningState: 'Succeeded' } });
  await untilRanges((current) => current.includes(HOME) && current.includes('198.51.100.20/32'));
  await cloud.call('DELETE', '/environments/shop/grants/ben');
  await cloud.call('DELETE', '/environments/shop/grants/ana');
  expect(await untilRanges((current) => current.length === before.length)).toEqual(before);
});

describe('an address that the app is to find out itself', () => {
  const from = (forwarded: string | undefined) =>
    cloud.call(
      'PUT',
      '/environments/shop/grants/me',
      { cidr: 'auto' },
      forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    );

  test('is the one that Azure’s front end has seen, whatever the caller says before it', async () => {
    expect((await from('198.51.100.66, 198.51.100.7:51234')).status).toBe(202);
    expect(await untilRanges((current) => current.some((range) => range.startsWith('198.51.100')))).toContain(
      '198.51.100.7/32',
    );
  });

  test.each([
    ['nobody tells', undefined, 'does not see where'],
    ['it is of IPv6', '[2001:db8::1]:51234', 'no IPv4 address'],
    ['it is this machine', '127.0.0.1:51234', 'cidr'],
  ])('is refused where %s', async (_, forwarded, told) => {
    expect(await from(forwarded)).toMatchObject({ status: 400, text: expect.stringContaining(told) });
  });
});
