import { clusterFacts, provisioningState, publicIpFacts } from '../../shared/actual/facts.ts';
import { owner } from '../../shared/actual/owner.ts';
import { putResource, readResource } from '../../shared/azure/resource.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { canonicalRange } from '../../shared/model/ipRange.ts';
import { isJsonObject, jsonAt, stringAt, type JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { isToBeWritten, planRanges as plan, type RangePlan } from '../../shared/plan/rangePlan.ts';
import { settings } from '../../shared/settings.ts';
import type { RangesPlanned } from '../accessState.ts';
import type { AccessFacts, StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, failed, isSettled, problemOf, waitFor } from './outcomes.ts';

/** Input of the activity `planRanges`. */
export interface PlanRangesInput {
  readonly spec: EnvironmentSpec;
  readonly access: AccessFacts;
  /** The lane's time, ISO 8601. */
  readonly time: string;
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
    const write = isToBeWritten(looked.plan, input.spec, ownedRanges);
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
            },
          }),
    };
  } catch (error) {
    return { write: false, ownedRanges, ranges: [], problem: problemOf(error) };
  }
}

/** The step that writes the ranges: read again, planned again, and written only where they still differ. */
export async function startAuthorizedRanges({ spec, access, writes, time }: StartStepInput): Promise<StepOutcome> {
  if (access === undefined) throw new Error('The step authorizedRanges was started outside of an access lane.');
  const looked = await look({ spec, access, time });
  if ('outcome' in looked) return failed(looked.problem);
  const { cluster, plan: planned } = looked;
  const state = provisioningState(cluster);
  if (!isSettled(state)) return waitFor(`the cluster is ${state}`);
  // What came while it was written is the next look's.
  if (planned.ranges === undefined || writes > 0) return done(false);
  // Who has changed the list meanwhile may have taken out what covered a grant: it is written once it is recorded as
  // owned, or nothing would ever remove it. What is always wanted needs no record.
  const always = [...looked.frontends, ...settings().outboundRanges].map(canonicalRange);
  const recorded = new Set([...access.ownedRanges, ...always]);
  const ranges = planned.ranges.filter((range) => recorded.has(range) || !planned.added.includes(range));
  if (ranges.length === 0) return done(false);
  const accepted = await putResource(
    resourceIds(spec).cluster,
    apiVersions.containerService,
    withRanges(cluster, ranges),
    stringAt(cluster, 'eTag'),
  );
  if (accepted.operation === undefined) return done(true);
  return { outcome: 'started', operation: accepted.operation };
}

type Looked =
  | { readonly cluster: JsonObject; readonly frontends: readonly string[]; readonly plan: RangePlan }
  | { readonly outcome: 'unknown'; readonly problem: NonNullable<RangesPlanned['problem']> };

async function look({ spec, access: { grants, ownedRanges }, time }: PlanRangesInput): Promise<Looked> {
  const ids = resourceIds(spec);
  const [cluster, publicIp] = await Promise.all([
    readResource(ids.cluster, apiVersions.containerService),
    readResource(ids.publicIp, apiVersions.network),
  ]);
  const address = publicIp === undefined ? undefined : publicIpFacts(publicIp).address;
  if (cluster === undefined || owner(cluster) !== spec.name) return gone(ids.cluster);
  // A list without the firewall would cut the nodes off.
  if (address === undefined) return gone(ids.publicIp);
  const { outboundRanges } = settings();
  return {
    cluster,
    frontends: [address],
    plan: plan({
      spec,
      cluster,
      frontends: [address],
      outboundRanges,
      grants,
      ...(ownedRanges.length === 0 ? {} : { ownedRanges }),
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
