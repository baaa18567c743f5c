import type { Page } from 'playwright-core';

/** How long the frames of an act took, ms, and the tasks that the browser calls long (over 50 ms). */
export interface Frames {
  readonly count: number;
  readonly longestMs: number;
  readonly longTasks: readonly number[];
}

/** Begins to note every frame and every long task of the page. */
const begin = `(() => {
  const noted = (window.noted = { frames: [], tasks: [], on: true });
  let last = performance.now();
  const frame = (now) => { if (!noted.on) return; noted.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
  noted.observer = new PerformanceObserver((list) => noted.tasks.push(...list.getEntries().map((one) => one.duration)));
  noted.observer.observe({ entryTypes: ['longtask'] });
})()`;

const end = `(() => {
  const noted = window.noted;
  noted.on = false;
  noted.tasks.push(...noted.observer.takeRecords().map((one) => one.duration));
  noted.observer.disconnect();
  return { count: noted.frames.length, longestMs: Math.max(0, ...noted.frames), longTasks: noted.tasks };
})()`;

/** Notes the frames while something is done. */
export async function framesOf(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(begin);
  await act();
  return page.evaluate<Frames>(end);
}
