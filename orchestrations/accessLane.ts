import type { OrchestrationContext, Task } from 'durable-functions';
import { redactByShape } from '../shared/model/redact.ts';
import type { OwnProblem } from '../shared/model/step.ts';
import {
  afterApply,
  afterPlan,
  afterSignals,
  migrateAccessState,
  nextDue,
  type AccessState,
  type RangesPlanned,
} from './accessState.ts';
import type { AccessFacts, AdvanceInput } from './advance.ts';
import { drainSignals, waitForSignals } from './lane.ts';
import type { StepRecord } from './stepRecord.ts';

export const ACCESS_LANE = 'accessLane';
export const ACCESS_PASS = 'accessPass';
const ACCESS_PASS_VERSION = '1.0';

/** What one pass of an access lane answers: a plan, or how far its write has got. */
export type AccessPassed =
  | { readonly kind: 'planned'; readonly planned: RangesPlanned }
  | { readonly kind: 'applied'; readonly records: StepRecord[] };

/** Input of a pass. */
export interface AccessPassInput extends AdvanceInput {
  readonly phase: 'planning' | 'applying';
  readonly access: AccessFacts;
}

/**
 * The lane that keeps one cluster's authorized ranges: apart from the firewall's, so that a cluster that is busy for an
 * hour never delays a firewall write. It works (plans, then writes what it has recorded) or waits for a signal or the
 * next expiry, and ends when the environment is deleted. Its yields never change; what may change is in the versioned
 * sub-orchestration and in the pure functions of accessState.
 */
export function* accessLane(context: OrchestrationContext): Generator<Task, undefined, never> {
  const input = migrateAccessState(context.df.getInput());
  const state = afterSignals(input, [], context.df.currentUtcDateTime.toISOString());
  context.df.setCustomStatus(accessStatus(state));
  if (state.phase === 'ended') return undefined;
  const next = state.phase === 'waiting' ? yield* wait(context, state) : yield* work(context, state, state.phase);
  context.df.continueAsNew(next);
  return undefined;
}

function* work(
  context: OrchestrationContext,
  state: AccessState,
  phase: AccessPassInput['phase'],
): Generator<Task, AccessState, never> {
  const input: AccessPassInput = {
    graph: 'access',
    phase,
    spec: state.spec,
    records: state.records,
    force: false,
    ...(state.trace === undefined ? {} : { trace: state.trace }),
    access: {
      ...(state.cluster === undefined ? {} : { cluster: state.cluster }),
      grants: state.grants,
      ownedRanges: state.ownedRanges,
      ...(state.lastLook === undefined ? { firstLook: true } : {}),
      ...(state.rewrite === undefined ? {} : { rewrite: true }),
    },
  };
  let passed: AccessPassed | undefined;
  let failure = '';
  try {
    passed = yield context.df.callSubOrchestrator(ACCESS_PASS, input, undefined, ACCESS_PASS_VERSION);
  } catch (error) {
    failure = redactByShape(error instanceof Error ? error.message : String(error));
  }
  const signals = yield* drainSignals(context);
  const now = context.df.currentUtcDateTime.toISOString();
  if (passed === undefined) {
    const problem: OwnProblem = {
      code: 'Unexpected',
      message: `The pass over the authorized ranges broke off: ${failure}`,
      remedy: "It is tried again at the next drift check; look at the app's log around this time.",
    };
    return afterSignals({ ...state, phase: 'waiting', problem }, signals, now);
  }
  const worked = passed.kind === 'planned' ? afterPlan(state, passed.planned, now) : afterApply(state, passed.records);
  return afterSignals(worked, signals, now);
}

function* wait(context: OrchestrationContext, state: AccessState): Generator<Task, AccessState, never> {
  const due = nextDue(state, context.df.currentUtcDateTime);
  const signals = yield* waitForSignals(context, due);
  const now = context.df.currentUtcDateTime;
  // An expiry has no signal of its own; a timer that fired early is none yet, and is waited for once more.
  const isDue = due !== undefined && due.getTime() <= now.getTime();
  const lookWanted = state.lookWanted || signals.length > 0 || isDue;
  return afterSignals({ ...state, lookWanted }, signals, now.toISOString());
}

/** What an access lane publishes. */
interface AccessStatus {
  readonly state: 'checking' | 'writing' | 'waiting' | 'ended';
  readonly grants: AccessState['grants'];
  readonly lastLook?: AccessState['lastLook'];
  readonly problem?: AccessState['problem'];
}

const stateOfPhase = { planning: 'checking', applying: 'writing', waiting: 'waiting', ended: 'ended' } as const;
/** Two hundred ranges and grants of 40 characters each would fill a status; the whole is in the lane's input. */
const MAX_SHOWN = 40;

function accessStatus(state: AccessState): AccessStatus {
  const { grants, lastLook, problem = state.leftOut } = state;
  return {
    state: stateOfPhase[state.phase],
    grants: grants.slice(0, MAX_SHOWN),
    ...(lastLook === undefined ? {} : { lastLook: { ...lastLook, ranges: lastLook.ranges.slice(0, MAX_SHOWN) } }),
    ...(problem === undefined ? {} : { problem }),
  };
}
