// `npm run screenshots`: the pictures of the status page in docs/images, of the real page on the local cloud.
import { FIREWALL } from '../../test/support/shop.ts';
import type { BrowserOptions } from '../../test/support/browser.ts';
import { startScene } from './scene.ts';

const FOLDER = 'docs/images';
const ONE_HOUR_MS = 3_600_000;

/** What stands in the cluster: name, port, and whether it asks for something that can't be. */
const services = [
  { name: 'store-front', port: 443 },
  { name: 'store-admin', port: 8443 },
  { name: 'orders', port: 80 },
  { name: 'payments', port: 9443 },
  { name: 'reports', port: 443, annotations: { 'gatehouse.dev/sources': 'head office' } },
] as const;

const scene = await startScene({ firewall: { publicIpCount: 2 } });
const { cloud, shop } = scene;
for (const { name, port, ...rest } of services) {
  await shop.apply(name, { ports: [{ port }] }, 'annotations' in rest ? rest.annotations : {});
  await shop.addressed(name);
}
await shop.until(({ counts, sync }) => counts.publications === services.length - 1 && sync?.running === false);
const expires = new Date(cloud.clock.now() + 3 * ONE_HOUR_MS).toISOString();
await cloud.call('PUT', '/environments/shop/grants/alice', { cidr: '198.51.100.7/32', expires });
await cloud.clock.sleep(ONE_HOUR_MS / 6);
const go = scene.pause();

const phone: BrowserOptions = { width: 360, height: 740, scale: 1 };
await picture('map', '/shop/map', '.line.publication');
await picture('phone', '/shop/map', '.line.publication', phone);

// Somebody takes the rules away by hand.
await cloud.control('PUT', `/state${FIREWALL}`, { properties: { natRuleCollections: [] } });
await picture('drift-dark', '/shop/map/shop/default/store-front', '[data-hop="rule"][data-state="broken"]', {
  theme: 'dark',
});
go();

await cloud.call('DELETE', '/environments/shop');
await cloud.untilState('shop', 'deleted');
await cloud.call('POST', '/environments', { name: 'shop' });
await cloud.host.durable.waitFor('shop', ({ customStatus }) => isBuildingCluster(customStatus));
const goOn = scene.pause();
await picture('creation', '/shop/steps', '[data-step="cluster"][data-state="running"]');
goOn();
await scene.close();
process.exit(0);

interface Status {
  readonly state: string;
  readonly steps: readonly { readonly name: string; readonly state: string }[];
}

function isBuildingCluster(status: unknown): boolean {
  const { state, steps } = (status ?? { state: '', steps: [] }) as Status;
  return state === 'provisioning' && steps.some((step) => step.name === 'cluster' && step.state === 'running');
}

/** The whole page at a place, once a sign of it is there. */
async function picture(name: string, place: string, sign: string, options: BrowserOptions = {}): Promise<void> {
  const browser = await scene.open(place, { width: 1240, height: 700, ...options });
  await browser.page.locator(sign).first().waitFor();
  await browser.page.evaluate('document.activeElement?.blur()');
  await browser.page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true });
  await browser.close();
}
