import { AnswerLostError, ArmError, isConnectionFailure } from '../../shared/azure/errors.ts';
import { missingRole } from '../../shared/azure/missingRole.ts';
import { GatehouseError } from '../../shared/model/errors.ts';
import type { Problem } from '../../shared/model/problem.ts';
import type { ProblemCode } from '../../shared/model/problemCodes.ts';
import { sentences } from '../../shared/model/sentences.ts';
import { ownProblem, type OwnProblem, type StepProblem } from '../../shared/model/step.ts';
import { azureFailure } from '../../shared/observe/failure.ts';
import { redacted } from '../../shared/redact.ts';
import type { StepOutcome } from '../stepRecord.ts';

/** How long to wait for something that gives no hint: another operation, an identity that has not spread yet. */
const WAIT_SECONDS = 10;
/** Another operation ends when it ends; who asks ever more seldom finds out late. */
const BUSY_SECONDS = 15;

/** Whether nobody is writing to a resource; some kinds (role assignments) have no provisioning state. */
export const isSettled = (provisioningState: string): boolean =>
  ['Succeeded', 'Failed', 'Canceled', 'Unknown'].includes(provisioningState);

export const done = (wrote: boolean, detail?: string): StepOutcome => ({
  outcome: 'done',
  wrote,
  ...(detail === undefined ? {} : { detail }),
});

/** Waits for the course of things: an operation that is under way, a resource that another step is making. */
export const waitFor = (reason: string, seconds = WAIT_SECONDS): StepOutcome => ({
  outcome: 'wait',
  seconds,
  reason,
  refused: false,
});

/** What a step needs has gone after it was made. */
export const missing = (what: string): StepOutcome =>
  failed({
    code: 'ResourceMissing',
    message: `${what} is gone: somebody has deleted it.`,
    remedy: 'Retry to build it again.',
  });

export const failed = (problem: OwnProblem): StepOutcome => ({ outcome: 'failed', problem });

/** Several problems as one, since a step fails as a whole. */
export const failedBy = (code: ProblemCode, problems: readonly Problem[]): StepOutcome =>
  failed({
    code,
    message: problems.map(({ message }) => message).join(' '),
    remedy: [...new Set(problems.map(({ remedy }) => remedy))].join(' '),
  });

/**
 * What an error means for the step that met it: refusals that pass are waited out (in full as long as Azure told),
 * everything else fails the step with a name and a remedy. Errors quote what others said, and an outcome is stored and
 * shown: secrets stay out of it.
 */
export function outcomeOf(error: unknown): StepOutcome {
  const outcome = outcomeIn(error);
  return outcome.outcome === 'wait' ? { ...outcome, reason: redacted(outcome.reason) } : outcome;
}

function outcomeIn(error: unknown): StepOutcome {
  if (error instanceof ArmError && (error.passes || isOutdated(error))) {
    const seconds = error.retryAfterSeconds ?? (error.kind === 'busy' ? BUSY_SECONDS : undefined);
    return { outcome: 'wait', ...(seconds === undefined ? {} : { seconds }), reason: error.message, refused: true };
  }
  if (error instanceof AnswerLostError) {
    const reason = `The answer to a write was lost: ${error.message}`;
    return { outcome: 'wait', seconds: WAIT_SECONDS, reason, refused: true, unconfirmed: true };
  }
  if (isConnectionFailure(error)) {
    return { outcome: 'wait', reason: `Azure could not be reached: ${error.message}`, refused: true };
  }
  // The endpoint that gives out tokens has its own outages; what is wrong for good shows by coming again.
  const failure = azureFailure(error);
  if (failure?.kind === 'noCredential') {
    return { outcome: 'wait', reason: sentences(failure.message, failure.remedy), refused: true };
  }
  return { outcome: 'failed', problem: problemOf(error) };
}

/** Whether an error has a name and a remedy of its own; anything else is a bug or a surprise, and is logged whole. */
export const isExpected = (error: unknown): boolean =>
  error instanceof GatehouseError ||
  error instanceof AnswerLostError ||
  isConnectionFailure(error) ||
  azureFailure(error) !== undefined;

/** The resource changed between the read and the write: the next look sees it as it is now. */
const isOutdated = ({ status }: ArmError): boolean => status === 412;

/** An error as a problem that tells the reader what to do next, without secrets. */
export function problemOf(error: unknown): StepProblem {
  const problem = problemIn(error);
  return { ...problem, message: redacted(problem.message), remedy: redacted(problem.remedy) };
}

function problemIn(error: unknown): StepProblem {
  if (error instanceof ArmError) return { code: error.code, message: error.message, remedy: remedyFor(error) };
  return ownProblemIn(error);
}

function ownProblemIn(error: unknown): OwnProblem {
  if (error instanceof GatehouseError) return { code: error.code, message: error.message, remedy: error.remedy };
  const failure = azureFailure(error);
  if (failure !== undefined) return ownProblem('AzureUnavailable', failure.message, failure.remedy);
  return ownProblem('Unexpected', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

function remedyFor({ kind, code, message }: ArmError): string {
  if (code === 'MissingSubscriptionRegistration') {
    const [namespace = 'the one that the message names'] =
      /Microsoft\.[A-Za-z]+/.exec(message.replace(/^.*?answered/, '')) ?? [];
    return `Run: az provider register --namespace ${namespace} --wait, then retry.`;
  }
  switch (kind) {
    case 'forbidden':
      return missingRole(message) ?? "Give the app's identity the role that the message names, then retry.";
    case 'unauthenticated':
      return "Azure does not take the token of the app's identity: check that it exists, and in which tenant, then retry.";
    case 'notFound':
      return 'Something that this step needs is gone; retry to build it again.';
    case 'conflict':
      return 'Somebody else changed the resource at the same time; retry to look at it again.';
    case 'refused':
      return `Azure refused the request with ${code}. Where the message names something outside of the spec, correct it and retry; where the spec is at fault, delete the environment and start it with another.`;
    case 'throttled':
    case 'busy':
    case 'transient':
      return 'Retry in a few minutes.';
  }
}
