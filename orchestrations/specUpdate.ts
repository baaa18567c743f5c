import { completedSpec, type EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { Finding } from '../shared/model/environmentStatus.ts';
import { refusedChanges, specChanges, type SpecChange } from '../shared/plan/specChanges.ts';

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
export const changesOf = (before: EnvironmentSpec, after: EnvironmentSpec): readonly SpecChange[] =>
  specChanges(completedSpec(before) ?? before, completedSpec(after) ?? after);

/** Why a new spec can't be taken, if so. */
export function refusalOf(changes: readonly SpecChange[], time: string): Finding | undefined {
  const [refusal] = refusedChanges(changes);
  if (refusal === undefined) return undefined;
  const { path, message, remedy } = refusal;
  return { time, severity: 'error', message: `A new spec was refused: ${path}: ${message}. ${remedy}` };
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
      'Retry once its problem is solved, or PUT the spec that was.',
  };
}
