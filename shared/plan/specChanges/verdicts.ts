import type { Verdict } from './specChange.ts';

/** A new value is written to what stands. */
export const inPlace = (): Verdict => ({ applied: 'in place' });

/** A new value can't be had, whatever it is. */
export const refused = (message: string, remedy: string) => (): Verdict => ({ applied: 'refused', message, remedy });

/** What to do instead. */
export const another = 'Start another environment with it, move over, and delete this one.';
export const anotherPool = 'Add a node pool with it under cluster.nodePools.';

/** Azure changes it only by making the thing anew. @param what as the subject of a sentence */
export const fixed = (what: string, remedy = another) => refused(`${what} can't be changed in place`, remedy);
