import { completedSpec, type EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { Finding } from '../shared/model/environmentStatus.ts';
import { sentences } from '../shared/model/sentences.ts';
import { isClusterGone } from '../shared/plan/specChanges/clusterChanges.ts';
import { refusedChanges, type SpecChange } from '../shared/plan/specChanges/specChange.ts';
import { specChanges } from '../shared/plan/specChanges/specChanges.ts';

/** What a lane knows of its spec, beside the one that it works by. */
interface SpecHistory {
  readonly spec: EnvironmentSpec;
  /** The spec before this one, until this one has been applied as a whole. */
  readonly previousSpec?: EnvironmentSpec;
}

/**
 * The spec that a new one is judged against. Where the last one could not be applied, the one before may come back, whatever
 * has been made of the last.
 *
 * @param failed whether the environment has failed
 */
export const standingSpec = ({ spec, previousSpec }: SpecHistory, failed: boolean): EnvironmentSpec =>
  failed ? (previousSpec ?? spec) : spec;

/** What a spec changes of another, which an older version of the app may have frozen. */
const changesOf = (before: EnvironmentSpec, after: EnvironmentSpec): readonly SpecChange[] =>
  specChanges(completedSpec(before) ?? before, completedSpec(after) ?? after);

/**
 * What a new spec changes of what stands. Where the last one could not be applied, a cluster that it has added may have been
 * begun, and is not forgotten: it would be left behind when the environment is deleted.
 */
export function changesFor(history: SpecHistory, failed: boolean, after: EnvironmentSpec): readonly SpecChange[] {
  const standing = standingSpec(history, failed);
  const changes = changesOf(standing, after);
  if (standing === history.spec) return changes;
  const isTold = (one: SpecChange) => changes.some(({ path, before }) => path === one.path && before === one.before);
  return [...changes, ...changesOf(history.spec, after).filter((one) => isClusterGone(one) && !isTold(one))];
}

/** Why a new spec can't be taken, if so. */
export function refusalOf(changes: readonly SpecChange[], time: string): Finding | undefined {
  const [refusal] = refusedChanges(changes);
  if (refusal === undefined) return undefined;
  const { path, message, remedy } = refusal;
  return { time, severity: 'error', message: `A new spec was refused: ${path}: ${sentences(message, remedy)}` };
}

/** What came of a new spec. */
export function applicationOf(
  before: EnvironmentSpec,
  after: EnvironmentSpec,
  applied: boolean,
  time: string,
): Finding {
  const paths = changesOf(before, after).map(({ path }) => path);
  const what = paths.length === 0 ? 'the spec that was' : paths.join(', ');
  if (applied) return { time, severity: 'info', message: `The spec has been applied: ${what}.` };
  return {
    time,
    severity: 'error',
    message:
      `The spec could not be applied as a whole (${what}): a step has failed, and what comes after it is as it was. ` +
      'Retry once its problem is solved, or give the spec that was.',
  };
}
