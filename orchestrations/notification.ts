import { RetryOptions, type OrchestrationContext, type Task } from 'durable-functions';

export const NOTIFICATION = 'notification';

const FIRST_RETRY_MS = 30_000;
/** Half a minute, then a minute, two, …: about four hours in all. */
const ATTEMPTS = 10;

/** Sends one notice, however long the other side takes to take it: nobody waits for it. */
export function* notification(context: OrchestrationContext): Generator<Task, void, never> {
  const retries = new RetryOptions(FIRST_RETRY_MS, ATTEMPTS);
  retries.backoffCoefficient = 2;
  yield context.df.callActivityWithRetry('sendNotice', retries, context.df.getInput());
}
