import type { DurableClient } from 'durable-functions';
import { clustersOf } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { sentences } from '../../shared/model/sentences.ts';
import type { Problem } from '../../shared/model/problem.ts';
import { adopt } from '../../shared/observe/adopt.ts';
import { preflight } from '../../shared/observe/preflight.ts';
import { listLanes } from './laneClient.ts';
import { httpProblem, invalidRequest } from './problem.ts';

/**
 * The spec as it can be started, or taken by the environment that has it: what it adopts is found.
 *
 * @throws HttpProblem 409 for what others have, 400 for everything else in the way
 */
export async function startable(client: DurableClient, spec: EnvironmentSpec): Promise<EnvironmentSpec> {
  const adopted = await adopt(spec);
  if (adopted === undefined) {
    const { foreign, blocked } = await preflight(spec);
    refuseForeign(foreign);
    if (blocked.length > 0) throw invalidRequest(blocked);
    return spec;
  }
  const elsewhere = await keptElsewhere(client, spec);
  refuseTaken('claimed', [...adopted.claimed, ...elsewhere]);
  if (adopted.blocked.length > 0) throw invalidRequest(adopted.blocked);
  return adopted.spec;
}

/** @throws HttpProblem 409 when a wanted name is somebody else's */
const refuseForeign = (foreign: readonly Problem[]): void => refuseTaken('foreign-resource', foreign);

function refuseTaken(code: 'claimed' | 'foreign-resource', taken: readonly Problem[]): void {
  const [first] = taken;
  if (first === undefined) return;
  const detail = sentences(...taken.map(({ message }) => message));
  throw httpProblem(code, detail, { remedy: first.remedy, problems: taken });
}

/** Two environments with one firewall or cluster would undo each other's writes. */
async function keptElsewhere(client: DurableClient, spec: EnvironmentSpec): Promise<readonly Problem[]> {
  const lanes = await listLanes(client);
  const idsOf = (one: EnvironmentSpec) => [
    resourceIds(one).firewall,
    ...(one.adopt?.clusters ?? clustersOf(one).map(({ id }) => id)),
  ];
  const wanted = new Set(idsOf(spec).map((id) => id.toLowerCase()));
  return lanes.flatMap((lane) =>
    'unreadable' in lane || lane.name === spec.name
      ? []
      : idsOf(lane.state.spec)
          .filter((id) => wanted.has(id.toLowerCase()))
          .map((id) => ({
            path: 'adopt',
            message: `${id} is kept by the environment ${lane.name}.`,
            remedy: `Leave it to that environment, or release ${lane.name} first.`,
          })),
  );
}
