import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Where a Chromium is; undefined where there is none. */
export function chromiumPath(): string | undefined {
  const asked = process.env['CHROMIUM_PATH'];
  if (asked !== undefined && asked !== '') return asked;
  return usualPlaces.find((path) => existsSync(path));
}

export interface BrowserOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly reducedMotion?: boolean;
  /** Device pixels per pixel. */
  readonly scale?: number;
}

export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page said on its console as an error, and what it threw. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** A headless Chromium with a profile of its own, which calls nobody but the page's own host. @throws Error where there is none */
export async function startBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error('There is no Chromium: install one, or say where it is (CHROMIUM_PATH).');
  const { width = 1280, height = 860, theme = 'light', reducedMotion = true, scale = 1 } = options;
  const profile = mkdtempSync(join(tmpdir(), 'gatehouse-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // What a refused or failed request leaves on the console is the browser's, not the page's.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return {
    context,
    page,
    errors,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Opens the status page at a place (its address after `#`), with a key as if it had been typed in. */
export async function openPage(page: Page, api: string, key: string, place = '/'): Promise<void> {
  await page.addInitScript(`sessionStorage.setItem('gatehouse-key', ${JSON.stringify(key)})`);
  await page.goto(`${api}/ui#${place}`);
}
