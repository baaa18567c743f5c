import type { InstanceState, RuntimeStatus } from './instanceState.ts';
import type { Instances, OrchestrationStatus } from './instances.ts';

export interface InstanceQuery {
  readonly runtimeStatus?: readonly RuntimeStatus[];
  readonly instanceIdPrefix?: string;
  /** Epoch ms, both inclusive. */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  /** How many at most; 100 when absent, as in the extension. */
  readonly pageSize?: number;
  /** From the page before. */
  readonly continuationToken?: string;
}

export interface InstancePage {
  readonly instances: readonly OrchestrationStatus[];
  /** Absent on the last page. */
  readonly continuationToken?: string;
}

/** @returns one page in the order of the instance ids, as Azure Storage keeps them. */
export function queryInstances<Live extends InstanceState>(
  instances: Instances<Live>,
  query: InstanceQuery,
): InstancePage {
  const after = query.continuationToken === undefined ? undefined : decodeToken(query.continuationToken);
  const matching = instances.index().filter(({ instanceId, runtimeStatus, createdTime }) => {
    const createdMs = Date.parse(createdTime);
    return (
      (after === undefined || instanceId > after) &&
      (query.runtimeStatus === undefined || query.runtimeStatus.includes(runtimeStatus)) &&
      (query.instanceIdPrefix === undefined || instanceId.startsWith(query.instanceIdPrefix)) &&
      (query.createdFromMs === undefined || createdMs >= query.createdFromMs) &&
      (query.createdToMs === undefined || createdMs <= query.createdToMs)
    );
  });
  const page = matching.slice(0, query.pageSize ?? 100);
  const last = page.at(-1);
  return {
    instances: page
      .map(({ instanceId }) => instances.status(instanceId))
      .filter((status): status is OrchestrationStatus => status !== undefined),
    ...(last !== undefined && matching.length > page.length && { continuationToken: encodeToken(last.instanceId) }),
  };
}

const encodeToken = (instanceId: string) => Buffer.from(instanceId, 'utf8').toString('base64url');
const decodeToken = (token: string) => Buffer.from(token, 'base64url').toString('utf8');
