import { commandToken, kubernetesToken, userKubeconfig } from '../azure/clusterCredentials.ts';
import { ArmError } from '../azure/errors.ts';
import { runCommand } from '../azure/runCommand.ts';
import { clusterAccess, forgetClusterAccess, type ClusterAccess } from '../kubernetes/credentials.ts';
import { incomplete, type ListFailureCode, type RawServiceList } from '../kubernetes/serviceList.ts';
import { parseServiceProjection, serviceProjectionCommand } from '../kubernetes/serviceProjection.ts';
import { listServices } from '../kubernetes/services.ts';
import { GatehouseError } from '../model/errors.ts';
import { parseService, type ServiceList } from '../model/service.ts';
import { redacted } from '../redact.ts';

/** A cluster's services, or why they are not known. Nothing is known of a cluster whose list is not complete. */
export type ObservedServices =
  | Extract<ServiceList, { readonly state: 'complete' }>
  | (Exclude<ServiceList, { readonly state: 'complete' }> & {
      readonly code: ListFailureCode;
      readonly remedy: string;
    });

export interface ObserveServicesOptions {
  /** For the whole list from the API server. */
  readonly deadlineSeconds: number;
  /**
   * How long a command run in the cluster may take when the API server can't be reached; absent: none is run. It costs a
   * pod in the cluster and some ten seconds, so it is for syncs rather than for passes every two minutes.
   */
  readonly commandDeadlineSeconds?: number;
}

/** For a command in a cluster that is read in no other way, where nothing else is asked for. */
const COMMAND_SECONDS = 60;

const source = (clusterId: string) => ({ kubeconfig: () => userKubeconfig(clusterId), entraToken: kubernetesToken });

/**
 * Lists the services of a cluster: from its API server, else through a command run in it.
 *
 * @param cluster `name` for the result; `id`: full ARM id; `isPrivate`: its API server is in a network that the app is not in
 * @returns never throws for what Azure or the API server do or don't
 */
export async function observeServices(
  cluster: { readonly name: string; readonly id: string; readonly isPrivate?: boolean },
  options: ObserveServicesOptions,
): Promise<ObservedServices> {
  if (cluster.isPrivate === true) {
    return parsed(cluster.name, await listByCommand(cluster.id, options.commandDeadlineSeconds ?? COMMAND_SECONDS));
  }
  const direct = await listDirectly(cluster.id, options.deadlineSeconds);
  const unanswered = direct.state !== 'complete' && (direct.code === 'unreachable' || direct.code === 'timeout');
  const { commandDeadlineSeconds } = options;
  if (!unanswered) return parsed(cluster.name, direct);
  if (commandDeadlineSeconds === undefined) {
    const reason = `${direct.reason} Syncs list the services by a command in the cluster meanwhile.`;
    return parsed(cluster.name, { ...direct, reason });
  }
  const byCommand = await listByCommand(cluster.id, commandDeadlineSeconds);
  // What is wrong with the way that was tried first is what needs to be mended.
  return parsed(cluster.name, byCommand.state === 'complete' ? byCommand : direct);
}

async function listDirectly(clusterId: string, deadlineSeconds: number): Promise<RawServiceList> {
  const askedAt = Date.now();
  const access = await accessOrFailure(clusterId);
  if ('state' in access) return access;
  const list = await listServices(access, { deadlineSeconds });
  const wasKept = access.acquiredAt < askedAt;
  if (list.state === 'complete' || list.code === 'partial' || !wasKept) return list;
  // What was kept may have been rotated since, or be of a cluster that was deleted and made anew.
  forgetClusterAccess(clusterId);
  // The time allowed is over: whoever looks next tries with fresh ones.
  if (list.code === 'timeout') return list;
  const fresh = await accessOrFailure(clusterId);
  return 'state' in fresh ? fresh : listServices(fresh, { deadlineSeconds });
}

async function listByCommand(clusterId: string, deadlineSeconds: number): Promise<RawServiceList> {
  try {
    const clusterToken = await commandToken(clusterId);
    const { exitCode, output } = await runCommand(clusterId, serviceProjectionCommand, {
      deadlineSeconds,
      ...(clusterToken === undefined ? {} : { clusterToken }),
    });
    return parseServiceProjection(output, exitCode);
  } catch (error) {
    return failure(error);
  }
}

async function accessOrFailure(clusterId: string): Promise<ClusterAccess | RawServiceList> {
  try {
    return await clusterAccess(clusterId, source(clusterId));
  } catch (error) {
    return failure(error);
  }
}

/** Why there are no credentials, in the terms of a list. */
function failure(error: unknown): RawServiceList {
  if (error instanceof ArmError) {
    return incomplete('failed', error.kind === 'forbidden' ? 'refused' : 'unreachable', redacted(error.message));
  }
  if (error instanceof GatehouseError) {
    return { state: 'failed', code: 'unreachable', reason: redacted(error.message), remedy: error.remedy };
  }
  return incomplete(
    'failed',
    'unreachable',
    redacted(error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
}

function parsed(cluster: string, list: RawServiceList): ObservedServices {
  if (list.state !== 'complete') {
    const { state, code, reason, remedy } = list;
    return { cluster, state, code, reason, remedy, services: [] };
  }
  const services = list.items.map((item) => parseService(item, cluster));
  const known = services.filter((service) => service !== undefined);
  if (known.length === services.length) return { cluster, state: 'complete', services: known };
  const garbled = incomplete('partial', 'partial', 'The list of services holds something that is none.');
  return parsed(cluster, garbled);
}
