// `npm run bench:web`: how soon the status page can be used, how soon it shows a change, and whether 500 services make it stutter.
// A real Chromium without a graphics card, the real app and local Azure share this machine's cores.
import { readdirSync, statSync } from 'node:fs';
import { publishMany } from '../test/support/manyServices.ts';
import { columns, percentile, round } from './statistics.ts';
import { framesOf, type Frames } from './web/frames.ts';
import { startScene, wideNetwork } from './web/scene.ts';

const SERVICES = 500;
const LOADS = 10;
const CHANGES = 10;
/** The contract's numbers. */
const MOST_INTERACTIVE_MS = 1000;
const MOST_VISIBLE_MS = 2000;
const MOST_FRAME_MS = 50;
const MOST_BYTES = 150_000;

const scene = await startScene({ network: wideNetwork });
await publishMany(scene.cloud, scene.shop, SERVICES);
const go = scene.pause();
const browser = await scene.open('/shop/map');
const { page } = browser;
const inSight = (selector: string) => page.locator(selector).first().waitFor();
await inSight('.node.service');

const interactive = await loads();
const acts: Readonly<Record<string, Frames>> = {
  'drawing the map': await framesOf(page, async () => {
    await page.evaluate(`location.hash = '#/shop/map'`);
    await inSight('.node.service');
    await settled();
  }),
  'drawing the list': await framesOf(page, async () => {
    await page.evaluate(`location.hash = '#/shop/services'`);
    await inSight('.service-list .service');
    await settled();
  }),
  scrolling: await framesOf(page, async () => {
    await page.locator('.service-list').hover();
    for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(0, turn < 50 ? 600 : -2000);
    await settled();
  }),
  filtering: await framesOf(page, async () => {
    await page.locator('[data-search]').focus();
    await page.keyboard.type('payments service-4');
    for (let key = 0; key < 18; key++) await page.keyboard.press('Backspace');
    await settled();
  }),
};
go();
const visible = await changes();
await browser.close();
await scene.close();

const bytes = readdirSync('dist/web')
  .filter((name) => name.endsWith('.br') || /\.(html|svg)$/.test(name))
  .reduce((sum, name) => sum + statSync(`dist/web/${name}`).size, 0);
const longest = Math.max(...Object.values(acts).map(({ longestMs }) => longestMs));
const figures = {
  bytes,
  interactiveMs: round(percentile(interactive, 0.95)),
  visibleMs: round(percentile(visible, 0.95)),
  longestFrameMs: round(longest),
};
const ok =
  bytes <= MOST_BYTES &&
  figures.interactiveMs <= MOST_INTERACTIVE_MS &&
  figures.visibleMs <= MOST_VISIBLE_MS &&
  longest <= MOST_FRAME_MS;
console.log(`
${SERVICES} services, ${Math.ceil(bytes / 1000)} kB compressed
                                       median      p95
usable after, ms                     ${columns(interactive, [0.5, 0.95])}
a change is seen after, ms           ${columns(visible, [0.5, 0.95])}

                                       frames  longest, ms  tasks over 50 ms
${Object.entries(acts)
  .map(
    ([act, { count, longestMs, longTasks }]) =>
      `${act.padEnd(37)} ${String(count).padStart(7)} ${longestMs.toFixed(0).padStart(12)} ${String(longTasks.length).padStart(17)}`,
  )
  .join('\n')}`);
console.log(JSON.stringify({ bench: 'web', figures, ok }));
process.exit(ok ? 0 : 1);

/** A few frames after the last one that something was drawn in. */
async function settled(): Promise<void> {
  await page.evaluate(
    `new Promise((done) => { let left = 20; const frame = () => (--left > 0 ? requestAnimationFrame(frame) : done()); frame(); })`,
  );
}

/** From the beginning of a visit, with nothing kept of the last one, until the environment stands there and takes a key press. */
async function loads(): Promise<number[]> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    const visit = await browser.context.newPage();
    await visit.addInitScript(
      `sessionStorage.setItem('gatehouse-key', ${JSON.stringify(scene.cloud.host.keys.function)})`,
    );
    const session = await browser.context.newCDPSession(visit);
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await visit.goto(`${scene.cloud.api}/ui#/shop/access`, { waitUntil: 'commit' });
    await visit.locator('.grant-form').waitFor();
    times.push(await visit.evaluate<number>('performance.now()'));
    await visit.close();
  }
  return times;
}

/** From the moment that the app answers otherwise until the page shows it. */
async function changes(): Promise<number[]> {
  const times: number[] = [];
  await page.evaluate(`location.hash = '#/shop/map'`);
  for (let change = 0; change < CHANGES; change++) {
    const { counts } = await scene.shop.sync();
    const began = performance.now();
    const hold = scene.pause();
    await page.locator('.figure', { hasText: 'Syncs' }).getByText(String(counts.syncs), { exact: true }).waitFor();
    times.push(performance.now() - began);
    hold();
  }
  return times;
}
