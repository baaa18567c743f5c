import { buildPage } from '../../packaging/page.ts';
import { chromiumPath, startBrowser, type Browser } from '../support/browser.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

// The page where people sign in, as App Service stands before the app in Azure.

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

let cloud: TestCloud;
let browser: Browser;
beforeAll(async () => {
  if (chromiumPath() === undefined) return;
  await buildPage('dist/web');
  cloud = await startTestCloud({
    start: Date.now(),
    signIn: { unauthenticated: 'Return401', excludedPaths: ['/api/health', '/api/ui', '/runtime/webhooks/eventgrid'] },
  });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await cloud?.close();
});

const bearer = (role: string) => ({
  authorization: `Bearer ${cloud.signIn?.issue({ oid: role, name: 'ana@example.com', roles: [role] }) ?? ''}`,
});

describeInBrowser('where people sign in', () => {
  test('who has not is led to where one does, and back', async () => {
    const { page } = browser;
    await page.goto(`${cloud.api}/ui#/shop/services`);
    const link = page.getByRole('link', { name: 'Sign in' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(
      '/.auth/login/aad?post_login_redirect_uri=%2Fapi%2Fui%23%2Fshop%2Fservices',
    );
  });

  test('who has sees, and is told the role that an act needs', async () => {
    const { page, context, errors } = browser;
    const started = await cloud.call(
      'POST',
      '/environments',
      { name: 'shop' },
      { 'x-functions-key': '', ...bearer('Operator') },
    );
    expect(started.status).toBe(202);
    await cloud.untilState('shop', 'ready');
    const hold = cloud.clock.busy();
    // What the session's cookie comes to behind App Service.
    await context.setExtraHTTPHeaders(bearer('Reader'));
    await page.goto(`${cloud.api}/ui#/shop`);
    await page.reload();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('This needs the app role Operator; ana@example.com has Reader.').waitFor();
    expect(await page.getByRole('button', { name: 'Forget key' }).count()).toBe(0);
    expect(errors).toEqual([]);
    hold();
  });
});
