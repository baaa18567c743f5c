/** How far the app's clock is ahead of this one, ms. */
let ahead = 0;

/** A `Date` header tells whole seconds, so that smaller differences mean nothing. */
const RESOLUTION_MS = 1500;

/** The app's time, epoch ms: what it says began a minute ago did so by its own clock. */
export const serverNow = (): number => Date.now() + ahead;

/** Takes the time from an answer. @param date its `Date` header */
export function setServerTime(date: string | null): void {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return;
  const difference = told - Date.now();
  if (Math.abs(difference - ahead) > RESOLUTION_MS) ahead = difference;
}
