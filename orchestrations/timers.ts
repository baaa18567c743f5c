const SECOND_MS = 1000;

/**
 * When to set a timer for that is wanted at `due`. A timer is a message that Azure Storage holds back for whole seconds
 * (https://learn.microsoft.com/rest/api/storageservices/put-message, `visibilitytimeout`), with the rest cut off: it fires up to a
 * second early. So whoever waits looks at the lane's clock and waits again; and the last part of a second, which would be cut off to
 * nothing and fire at once, as often as it is set, is given a second more.
 */
export function timerFor(due: Date, now: Date): Date {
  const rest = due.getTime() - now.getTime();
  return rest > 0 && rest < SECOND_MS ? new Date(due.getTime() + SECOND_MS) : due;
}
