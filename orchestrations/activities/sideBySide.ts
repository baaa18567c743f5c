import type { StepOutcome } from '../stepRecord.ts';
import { done } from './outcomes.ts';

/** ARM's buckets refill slowly: a step that has hundreds of writes must not empty them at once. */
const AT_ONCE = 20;

/**
 * Does the same to many resources, some at a time. One that fails keeps none of the others from being tried.
 *
 * @throws the first error, once everything has been tried
 */
export async function sideBySide<T>(
  items: readonly T[],
  work: (item: T) => Promise<StepOutcome>,
): Promise<readonly StepOutcome[]> {
  const settled: PromiseSettledResult<StepOutcome>[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE)
    settled.push(...(await Promise.allSettled(items.slice(first, first + AT_ONCE).map(work))));
  return settled.map((one) => {
    if (one.status === 'fulfilled') return one.value;
    throw one.reason;
  });
}

/** What many outcomes come to for the one step: a failure before an operation, an operation before a wait. */
export function combined(outcomes: readonly StepOutcome[]): StepOutcome {
  const [first] = (['failed', 'started', 'wait'] as const).flatMap(
    (kind) => outcomes.find(({ outcome }) => outcome === kind) ?? [],
  );
  if (first !== undefined) return first;
  const ended = outcomes.filter((one) => one.outcome === 'done');
  const details = [...new Set(ended.flatMap(({ detail }) => detail ?? []))];
  return done(
    ended.some(({ wrote }) => wrote),
    details.length === 0 ? undefined : details.join('; '),
  );
}
