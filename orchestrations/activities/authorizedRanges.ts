import { clusterFacts, isBroken, provisioningState } from '../../shared/actual/facts.ts';
import { isKeptBy } from '../../shared/actual/owner.ts';
import { putResource, readResource } from '../../shared/azure/resource.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { clustersOf, type ClusterPlace } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { canonicalRange } from '../../shared/model/ipRange.ts';
import { isJsonObject, jsonAt, stringAt, type JsonObject } from '../../shared/model/json.ts';
import type { PassTrace } from '../../shared/model/traceContext.ts';
import { observeFirewall } from '../../shared/observe/firewall.ts';
import { isToBeWritten, planRanges as plan, type RangePlan } from '../../shared/plan/rangePlan.ts';
import { settings } from '../../shared/settings.ts';
import type { RangesPlanned } from '../accessState.ts';
import { ownProblem, type OwnProblem } from '../../shared/model/step.ts';
import type { AccessFacts, StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, failed, isSettled, outcomeOf, problemOf, waitFor } from './outcomes.ts';

/** Input of the activity `planRanges`. */
export interface PlanRangesInput {
  readonly spec: EnvironmentSpec;
  readonly access: AccessFacts;
  /** The lane's time, ISO 8601. */
  readonly time: string;
  /** The lane's last write has failed: the list may say what is wanted and not be in effect. */
  readonly rewrite?: boolean;
  readonly trace?: PassTrace;
  readonly beginsPass?: true;
}

/**
 * Activity: what a cluster's authorized ranges should become. Nothing is written; what Gatehouse will answer for is handed
 * back, to be recorded first.
 */
export async function planRanges(input: PlanRangesInput): Promise<RangesPlanned> {
  const { ownedRanges } = input.access;
  try {
    const looked = await look(input);
    if ('outcome' in looked) return { write: false, ownedRanges, ranges: [], problem: looked.problem };
    const { ranges, ownedRanges: owned, problems } = looked.plan;
    const rewrites = input.rewrite === true && isBroken(looked.cluster);
    const write = rewrites || isToBeWritten(looked.plan, input.spec, ownedRanges);
    const current = clusterFacts(looked.cluster).authorizedRanges;
    const [problem] = problems;
    return {
      write,
      ownedRanges: owned,
      ranges: (write ? ranges : undefined) ?? current,
      ...(problem === undefined
        ? {}
        : {
            leftOut: {
              code: 'RangesLeftOut',
              message: problems.map(({ path, message }) => `${path}: ${message}.`).join(' '),
              remedy: problem.remedy,
            } satisfies OwnProblem,
          }),
    };
  } catch (error) {
    const outcome = outcomeOf(error);
    const passes = outcome.outcome === 'wait';
    return { write: false, ownedRanges, ranges: [], problem: problemOf(error), passes };
  }
}

/** The step that writes the ranges: read again, planned again, and written only where they still differ. */
export async function startAuthorizedRanges(input: StartStepInput): Promise<StepOutcome> {
  const { spec, access, writes, time } = input;
  if (access === undefined) throw new Error('The step authorizedRanges was started outside of an access lane.');
  const looked = await look({ spec, access, time });
  if ('outcome' in looked) return failed(looked.problem);
  const { cluster, plan: planned } = looked;
  const state = provisioningState(cluster);
  if (!isSettled(state)) return waitFor(`the cluster is ${state}`);
  const rewrites = isBroken(cluster) && (input.rewrite === true || access.rewrite === true);
  // What came while it was written is the next look's.
  if (!rewrites && (planned.ranges === undefined || writes > 0)) return done(false);
  if (!input.mayWrite) return failed(keepsFailing(placeOf(spec, access).id));
  // Who has changed the list meanwhile may have taken out what covered a grant: it is written once it is recorded as
  // owned, or nothing would ever remove it. What is always wanted needs no record.
  const always = [...looked.frontends, ...settings().outboundRanges].map(canonicalRange);
  const recorded = new Set([...access.ownedRanges, ...always]);
  const ranges = (planned.ranges ?? clusterFacts(cluster).authorizedRanges).filter(
    (range) => recorded.has(range) || !planned.added.includes(range),
  );
  if (ranges.length === 0) return done(false);
  const accepted = await putResource(
    placeOf(spec, access).id,
    apiVersions.containerService,
    withRanges(cluster, ranges),
    stringAt(cluster, 'eTag'),
  );
  if (accepted.operation === undefined) return done(true);
  return { outcome: 'started', operation: accepted.operation };
}

const keepsFailing = (id: string): OwnProblem =>
  ownProblem('KeepsFailing', `${id} has failed each time its authorized ranges were written.`);

type Looked =
  | { readonly cluster: JsonObject; readonly frontends: readonly string[]; readonly plan: RangePlan }
  | { readonly outcome: 'unknown'; readonly problem: OwnProblem };

/** The cluster whose ranges a lane keeps. */
function placeOf(spec: EnvironmentSpec, { cluster }: AccessFacts): ClusterPlace {
  const clusters = clustersOf(spec);
  const place = cluster === undefined ? clusters[0] : clusters.find(({ name }) => name === cluster);
  if (place === undefined) throw new Error(`Environment ${spec.name} has no cluster ${cluster ?? ''}.`);
  return place;
}

async function look({ spec, access, time }: PlanRangesInput): Promise<Looked> {
  const { id } = placeOf(spec, access);
  const [cluster, { wanted, nodeRanges: frontends }] = await Promise.all([
    readResource(id, apiVersions.containerService),
    observeFirewall(spec),
  ]);
  if (cluster === undefined || !isKeptBy(spec, cluster)) return gone(id);
  // A list without the firewall would cut the nodes off.
  const unknown = wanted.find(({ address }) => address === undefined);
  if (unknown !== undefined) return gone(unknown.publicIpId);
  const { outboundRanges } = settings();
  return {
    cluster,
    frontends,
    plan: plan({
      spec,
      cluster,
      frontends,
      outboundRanges,
      grants: access.grants,
      // What the creation has written is there before anything is recorded; of what is adopted others have written it.
      ...(access.firstLook === true && spec.adopt === undefined ? {} : { ownedRanges: access.ownedRanges }),
      now: new Date(time),
    }),
  };
}

const gone = (id: string): Looked => ({
  outcome: 'unknown',
  problem: {
    code: 'ResourceMissing',
    message: `${id} is gone or not this environment's; the authorized ranges stay as they are.`,
    remedy: 'Look at the environment; it is looked at again at the next drift check.',
  },
});

function withRanges(cluster: JsonObject, ranges: readonly string[]): JsonObject {
  const properties = jsonAt(cluster, 'properties');
  const profile = jsonAt(properties, 'apiServerAccessProfile');
  return {
    ...cluster,
    properties: {
      ...(isJsonObject(properties) ? properties : {}),
      apiServerAccessProfile: { ...(isJsonObject(profile) ? profile : {}), authorizedIPRanges: ranges },
    },
  };
}
