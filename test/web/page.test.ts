import type { Locator, Page } from 'playwright-core';
import { buildPage } from '../../packaging/page.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { axeFindings } from '../support/axe.ts';
import { chromiumPath, startBrowser, type Browser } from '../support/browser.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, FIREWALL, shopOf, type Shop } from '../support/shop.ts';

// The page in a real browser, on the real app over real HTTP. Virtual time is held while anybody looks, and let go by the tests.

const hasChromium = chromiumPath() !== undefined;
if (!hasChromium) {
  process.stderr.write('\nSKIPPED: the browser tests need Chromium (apt-get install chromium, or CHROMIUM_PATH).\n\n');
}
const describeInBrowser = hasChromium ? describe : describe.skip;

/** The page asks every second and a half, on a machine that may be busy. */
const PATIENCE_MS = 45_000;
const MINUTE_MS = 60_000;

let cloud: TestCloud;
let browser: Browser;
let page: Page;
let hold: () => void = () => undefined;

beforeAll(async () => {
  if (!hasChromium) return;
  await buildPage('dist/web');
  // Expiries are judged by the app's clock before they get to the lane's: both begin on the same day here.
  cloud = await startTestCloud({ start: Date.now() });
  browser = await startBrowser();
  page = browser.page;
  page.setDefaultTimeout(PATIENCE_MS);
});
afterAll(async () => {
  hold();
  await browser?.close();
  await cloud?.close();
});

const pause = () => {
  hold();
  hold = cloud.clock.busy();
};
const go = () => {
  hold();
  hold = () => undefined;
};
/** Lets time pass until the lane has published what is wanted, and holds it there. */
async function passUntil(wanted: (status: EnvironmentStatus) => boolean): Promise<void> {
  go();
  await cloud.host.durable.waitFor(
    'shop',
    ({ customStatus }) => customStatus !== null && wanted(customStatus as EnvironmentStatus),
  );
  pause();
}
/** Lets that much time pass, ms, and holds it again. */
async function pass(milliseconds: number): Promise<void> {
  const until = cloud.clock.sleep(milliseconds);
  go();
  await until;
  pause();
}
const open = (place: string) => page.goto(`${cloud.api}/ui#${place}`);
/** What is not seen in time is told together with what the page says instead. */
const seen = async (locator: Locator) => {
  try {
    await locator.first().waitFor();
  } catch (error) {
    throw new Error(`${String(error)}\nThe page says: ${await page.locator('body').innerText()}`, { cause: error });
  }
};
const step = (name: string, state: string) => page.locator(`[data-step="${name}"][data-state="${state}"]`);
const lookAgain = () => page.getByRole('button', { name: 'Read services and drift again' }).click();
const node = (title: string, tone: string) => page.locator(`.node.service.tone-${tone}`, { hasText: title });

describeInBrowser('the status page', () => {
  let shop: Shop;

  test('asks for a key once, refuses a wrong one with words, and keeps it for the tab alone', async () => {
    await open('/');
    await page.getByLabel('Key', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Show environments' }).click();
    await seen(page.getByRole('alert').filter({ hasText: 'refused' }));
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Key', { exact: true }).fill(cloud.host.keys.function);
    await page.keyboard.press('Enter');
    await seen(page.getByRole('heading', { name: 'No environments yet' }));
    expect(await page.evaluate('[localStorage.length, document.cookie, Object.keys(sessionStorage).join()]')).toEqual([
      2,
      '',
      'gatehouse-key',
    ]);
    expect(page.url()).not.toContain(cloud.host.keys.function);
  });

  test('watches a creation to its end', async () => {
    pause();
    expect(
      (await cloud.call('POST', '/environments', { name: 'shop', ingress: { maxDeletes: { percent: 0, count: 1 } } }))
        .status,
    ).toBe(202);
    await passUntil(({ steps }) => steps.some(({ name, state }) => name === 'firewall' && state === 'running'));
    await seen(page.locator('[data-environment="shop"]').getByText('Being built'));
    await page.getByRole('link', { name: 'shop' }).click();
    await seen(step('firewall', 'running'));
    await seen(step('cluster', 'pending'));
    await seen(page.locator('.node.firewall.tone-busy'));
    expect(await page.locator('.timeline .step').count()).toBe(13);
    await passUntil(({ steps }) => steps.some(({ name, state }) => name === 'cluster' && state === 'running'));
    await seen(step('firewall', 'done'));
    await seen(step('cluster', 'running'));
    await passUntil(({ state, counts }) => state === 'ready' && counts.syncs > 0);
    await seen(page.locator('.environment-title').getByText('Ready'));
    await seen(page.locator('.node.empty', { hasText: 'no services of type LoadBalancer' }));
    expect(await page.getByRole('status').filter({ hasText: 'shop is ready.' }).count()).toBe(1);
  });

  test('shows a service as it appears, with the line that leads to it', async () => {
    go();
    shop = shopOf(cloud);
    await shop.apply('store-front');
    await shop.addressed('store-front');
    await passUntil(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    await seen(node('default/store-front', 'ok'));
    expect(await page.locator('.map-frame .line.publication.tone-ok').count()).toBeGreaterThan(0);
    await page.getByRole('link', { name: /^default\/store-front/ }).click();
    await seen(page.locator('[data-hop="connectivity"][data-state="ok"]'));
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
  });

  test('turns red when somebody deletes the rule by hand, names the broken hop, and turns green once it is repaired', async () => {
    await cloud.control('PUT', `/state${FIREWALL}`, { properties: { natRuleCollections: [] } });
    await lookAgain();
    await seen(node('default/store-front', 'bad'));
    await seen(page.locator('.map-frame .line.publication.tone-bad'));
    await seen(page.getByText('Last changed by someone@example.com'));
    await page.getByRole('link', { name: /^default\/store-front/ }).click();
    await seen(page.locator('[data-hop="rule"][data-state="broken"]'));
    await page.getByRole('button', { name: 'Close the explanation' }).click();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await passUntil(({ counts, sync }) => counts.driftRepairs > 0 && sync?.running === false);
    await seen(node('default/store-front', 'ok'));
    await page.locator('.map-frame .line.publication.tone-bad').waitFor({ state: 'detached' });
    await open('/shop/drift');
    await seen(page.getByText('Nothing differs'));
    await open('/shop/history');
    await seen(page.getByText('1 difference, 1 repaired'));
  });

  test('leaves what stands its line where services can’t be read, and says so beside the state', async () => {
    await open('/shop');
    await seen(node('default/store-front', 'ok'));
    const faults = cloud.clusters.find(CLUSTER)?.faults;
    faults?.set({ down: true });
    await lookAgain();
    await seen(node('default/store-front', 'warn'));
    await seen(page.locator('.map-frame .line.publication.tone-warn'));
    await seen(page.locator('.environment-title').getByText('Services can’t be read'));
    expect(await axeFindings(page)).toEqual([]);
    faults?.clear();
    await lookAgain();
    await seen(node('default/store-front', 'ok'));
  });

  test('holds deletions until somebody has seen which rules go, and approves them', async () => {
    await open('/shop');
    go();
    for (const name of ['one', 'two', 'three']) {
      await shop.apply(name, { ports: [{ port: 9000 + name.length + name.charCodeAt(0) }] });
      await shop.addressed(name);
    }
    await passUntil(({ counts, sync }) => counts.publications === 4 && sync?.running === false);
    // Time is held: no sync comes between them, which would see only some of them gone.
    for (const name of ['one', 'two', 'three']) await shop.remove(name);
    await passUntil(({ sync }) => sync?.report?.held?.rules === 3 && !sync.running);
    await lookAgain();
    await seen(node('default/two', 'warn'));
    await seen(page.locator('.map-frame .line.publication.tone-warn'));
    await page.getByRole('button', { name: 'Review and approve' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete these rules?' });
    await seen(dialog.getByText('shop.default.two'));
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Approve deletion' }).click();
    await dialog.waitFor({ state: 'detached' });
    // Time is held: the lane has not heard of it yet, and nobody is asked again.
    await seen(page.locator('.notice').getByText('Approved'));
    await page.getByRole('button', { name: 'Review and approve' }).waitFor({ state: 'detached' });
    await passUntil(({ sync }) => sync?.running === true);
    await seen(page.getByRole('heading', { name: '3 rules are being deleted' }));
    await node('default/two', 'warn').waitFor({ state: 'detached' });
    await passUntil(
      ({ sync, counts }) => sync?.report?.held === undefined && counts.publications === 1 && sync?.running === false,
    );
    await page.getByRole('heading', { name: '3 rules are being deleted' }).waitFor({ state: 'detached' });
    expect(await shop.rules()).toHaveLength(1);
  });

  test('grants access for a while, counts it down, and revokes it', async () => {
    await open('/shop/access');
    await page.getByLabel('Label').fill('alice');
    await page.getByLabel('Address or range').fill('nonsense');
    await page.getByRole('button', { name: 'Grant access' }).click();
    await seen(page.locator('.notice').filter({ hasText: 'cidr' }));
    await page.getByRole('button', { name: 'My address' }).click();
    expect(await page.getByLabel('Address or range').inputValue()).toBe('auto');
    await page.getByLabel('Address or range').fill('198.51.100.7');
    await page.getByRole('button', { name: 'Grant access' }).click();
    const grant = page.locator('[data-grant="alice"]');
    const countdown = grant.locator('[data-countdown]');
    await pass(10 * MINUTE_MS);
    await seen(countdown.filter({ hasText: /^7 h (49|50) min left$/ }));
    await pass(60 * MINUTE_MS);
    await seen(countdown.filter({ hasText: /^6 h (49|50) min left$/ }));
    await page.getByRole('button', { name: 'Revoke alice' }).click();
    await seen(page.getByText('Being revoked'));
    go();
    await grant.waitFor({ state: 'detached' });
    pause();
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
    ['light', 380],
  ] as const)('has nothing that axe objects to: %s, %d pixels wide', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 780 });
    const objections: string[] = [];
    const look = async (place: string, sign: Locator) => {
      await open(place);
      await seen(sign);
      for (const finding of await axeFindings(page)) objections.push(`${place}: ${finding}`);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (overflow > 0) objections.push(`${place}: ${overflow} pixels wider than the screen`);
    };
    await look('/', page.locator('.environment-card'));
    await look('/shop/map/shop/default/store-front', page.locator('[data-hop="connectivity"]'));
    await look('/shop/services', page.locator('.service-list .service'));
    await look('/shop/drift', page.getByText('Nothing differs'));
    await look('/shop/access', page.getByRole('heading', { name: 'Grants' }));
    await look('/shop/history', page.locator('.history li'));
    await look('/shop/steps', page.locator('[data-step]'));
    await look('/nosuch', page.getByText('There is no environment nosuch.'));
    await seen(page.locator('.notice').getByRole('link', { name: 'All environments' }));
    expect(objections).toEqual([]);
  });

  test('is worked by keys alone', async () => {
    await page.setViewportSize({ width: 1280, height: 860 });
    await open('/');
    await seen(page.locator('.environment-card'));
    const focused = () => page.evaluate<string>('document.activeElement?.textContent?.trim() ?? ""');
    const tabTo = async (text: RegExp) => {
      const passed: string[] = [];
      while (!text.test(await focused())) {
        if (passed.length > 60) throw new Error(`Tab does not come to ${text}: ${passed.join(' | ')}`);
        await page.keyboard.press('Tab');
        passed.push((await focused()).slice(0, 30));
      }
    };
    await page.keyboard.press('?');
    const listed = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await seen(listed.getByText('All environments'));
    expect(await listed.getByText('Map of the environment').count()).toBe(0);
    await page.keyboard.press('Escape');
    await tabTo(/^shop$/);
    await page.keyboard.press('Enter');
    await seen(node('default/store-front', 'ok'));
    await tabTo(/^default\/store-front/);
    await page.keyboard.press('Enter');
    // The explanation takes the focus, and gives it up again.
    await seen(page.locator('[data-hop="connectivity"]'));
    expect(await focused()).toBe('store-front');
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    for (const [key, view] of [
      ['2', 'services'],
      ['4', 'access'],
      ['5', 'history'],
      ['1', 'map'],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForURL(new RegExp(`#/shop/${view}$`));
    }
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await seen(dialog.getByText('Map of the environment'));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('2');
    await seen(page.locator('.service-list .service'));
    await page.keyboard.press('/');
    await page.keyboard.type('no such 1');
    await seen(page.getByText('0 of 1 service port'));
    expect(page.url()).toContain('/shop/services?q=no%20such%201');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await seen(page.locator('.service-list .service'));
    // Every stop on the way shows where it is.
    for (let stop = 0; stop < 25; stop++) {
      await page.keyboard.press('Tab');
      const visible = await page.evaluate<boolean>(
        `(() => { const e = document.activeElement; if (e === document.body) return true;
          const shows = (one) => getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) > 0;
          return shows(e) || [...e.querySelectorAll('rect')].some((r) => getComputedStyle(r).strokeWidth === '2.5px') || shows(e.closest('.environment-card') ?? e); })()`,
      );
      expect([await focused(), visible]).toEqual([expect.any(String), true]);
    }
  });

  test('keeps what it knows when the app is out of reach, says since when, and goes on by itself', async () => {
    await open('/shop');
    await seen(node('default/store-front', 'ok'));
    await browser.context.setOffline(true);
    await seen(page.getByRole('heading', { name: 'The app can’t be reached' }));
    await seen(page.getByText(/No answer for \d/));
    await seen(page.locator('.view.stale'));
    expect(await node('default/store-front', 'ok').count()).toBe(1);
    await browser.context.setOffline(false);
    await page.getByRole('heading', { name: 'The app can’t be reached' }).waitFor({ state: 'detached' });
  });

  test('asks soon again for what is read seldom and failed once', async () => {
    let asked = 0;
    const explanation = '**/services/default/store-front?*';
    await page.route(explanation, (route) => {
      asked += 1;
      return asked > 1 ? route.continue() : route.fulfill({ status: 500, body: 'out of order' });
    });
    await open('/shop/map/shop/default/store-front');
    await seen(page.getByText('It answered 500 without saying why.'));
    await seen(page.locator('[data-hop="connectivity"]'));
    expect(asked).toBe(2);
    await page.unroute(explanation);
    await page.keyboard.press('Escape');
  });

  test('draws of 500 services only those in sight, and finds among all of them', async () => {
    // The app's own answer with its one publication 500 times: publishing as many takes the local cloud a while.
    await page.route('**/environments/shop/services', async (route) => {
      const { 'if-none-match': _known, ...headers } = route.request().headers();
      const response = await route.fetch({ headers });
      if (!response.ok()) return route.fulfill({ response });
      const answer = (await response.json()) as { unchanged: { service: string; port: number; ruleName: string }[] };
      const [one] = answer.unchanged;
      answer.unchanged = Array.from({ length: 500 }, (_, index) => ({
        ...one!,
        service: `service-${index}`,
        namespace: `team-${index % 7}`,
        ruleName: `shop.team-${index % 7}.service-${index}.80.tcp`,
      }));
      return route.fulfill({ json: answer, headers: { etag: '"many"' } });
    });
    await open('/shop/services');
    await lookAgain();
    await seen(page.getByText('500 service ports'));
    const drawn = () => page.locator('[data-service]').count();
    expect(await drawn()).toBeLessThan(40);
    await page.evaluate(`document.querySelector('.service-list').scrollTo(0, 1e6)`);
    await seen(page.locator('[data-service="shop.team-6.service-97.80.tcp"]'));
    expect(await drawn()).toBeLessThan(40);
    await page.getByLabel('Search services').fill('team-3 service-49');
    await seen(page.getByText('1 of 500 service ports'));
    expect(await drawn()).toBe(1);
    await open('/shop/map');
    await seen(page.locator('.node.service', { hasText: 'team-0' }));
    expect(await page.locator('.node.service').count()).toBe(7);
    await page.unroute('**/environments/shop/services');
  });

  test('watches a deletion to its end', async () => {
    await open('/shop');
    expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
    await passUntil(
      ({ state, steps }) =>
        state === 'deleting' && steps.some((one) => one.name === 'cluster' && one.state === 'running'),
    );
    await seen(step('cluster', 'running'));
    await seen(page.getByRole('heading', { name: 'Deletion' }));
    go();
    await seen(page.locator('.environment-title').getByText('Deleted'));
    await open('/');
    await seen(page.getByRole('heading', { name: 'No environments yet' }));
  });

  test('said nothing on its console, and threw nothing', () => {
    expect(browser.errors).toEqual([]);
  });
});
