import type { Json } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';

/** One field of a spec that a new spec says otherwise, and whether a living environment can follow. */
export type SpecChange = ChangeInPlace | RefusedChange;

interface Changed {
  /** Dotted, as in the spec: `cluster.nodeCount`. */
  readonly path: string;
  /** Absent: the field is new. */
  readonly before?: Json;
  /** Absent: the field goes. */
  readonly after?: Json;
}

interface ChangeInPlace extends Changed {
  readonly applied: 'in place';
  /** What else comes of it. */
  readonly note?: string;
}

interface RefusedChange extends Changed {
  readonly applied: 'refused';
  readonly message: string;
  readonly remedy: string;
}

/** What is said of a field that differs. */
export type Verdict = Pick<ChangeInPlace, 'applied' | 'note'> | Pick<RefusedChange, 'applied' | 'message' | 'remedy'>;

/** Judges a field that differs. */
export type Rule<Value> = (before: Value, after: Value) => Verdict;

/** What of the changes can't be made, as problems of the spec that asks for them. */
export const refusedChanges = (changes: readonly SpecChange[]): readonly Problem[] =>
  changes.flatMap((change) =>
    change.applied === 'refused' ? [{ path: change.path, message: change.message, remedy: change.remedy }] : [],
  );
