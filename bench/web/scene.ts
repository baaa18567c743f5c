// What the measurements and the pictures of the status page have in common: the page in a browser, on a shop of the local cloud
// whose time stands still while it is looked at.
import { buildPage } from '../../packaging/page.ts';
import { openPage, startBrowser, type Browser, type BrowserOptions } from '../../test/support/browser.ts';
import { startTestCloud, type TestCloud } from '../../test/support/localCloud.ts';
import { createShop, type Shop } from '../../test/support/shop.ts';

export interface Scene {
  readonly cloud: TestCloud;
  readonly shop: Shop;
  /** Lets time stand still; the returned function lets it go on. */
  pause(): () => void;
  /** Opens the page at a place (its address after `#`). */
  open(place: string, options?: BrowserOptions): Promise<Browser>;
  close(): Promise<void>;
}

/** Room for hundreds of internal load balancers. */
export const wideNetwork = {
  addressSpace: '10.32.0.0/11',
  clusterSubnet: { prefix: '10.33.0.0/16' },
  firewallSubnet: { prefix: '10.34.0.0/24' },
};

export async function startScene(spec: object = {}): Promise<Scene> {
  await buildPage('dist/web');
  const cloud = await startTestCloud({ start: Date.now() });
  const shop = await createShop(cloud, spec);
  return {
    cloud,
    shop,
    pause: () => cloud.clock.busy(),
    open: async (place, options) => {
      const browser = await startBrowser(options);
      await openPage(browser.page, cloud.api, cloud.host.keys.function, place);
      return browser;
    },
    close: () => cloud.close(),
  };
}
