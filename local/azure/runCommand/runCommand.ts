import { randomUUID } from 'node:crypto';
import { identifyBearer } from '../auth.ts';
import { mayOf } from '../clusterAccess.ts';
import { aksError, ArmError } from '../errors.ts';
import type { CommandResult } from './commandResult.ts';
import type { Answer } from '../http.ts';
import { at, isObject, stringAt, type JsonObject } from '../json.ts';
import { runInCluster } from './clusterCommands.ts';
import { sameId } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import type { Visit } from '../visit.ts';

/** From a command's acceptance to its end, Azure time: its pod has to be scheduled first. */
const COMMAND_SECONDS = 10;
const MAX_LOG_BYTES = 512 * 1024;
const KEPT = 50;

/** AKS's run command: a kubectl inside the cluster, reached through ARM, with a short life and a short memory. */
export async function runCommand(visit: Visit, cluster: Resource): Promise<Answer> {
  const { azure, call } = visit;
  if (at(cluster.body, 'properties', 'apiServerAccessProfile', 'disableRunCommand') === true) {
    throw aksError(
      400,
      'RunCommandDisabled',
      'Run command is disabled for this cluster by apiServerAccessProfile.disableRunCommand.',
    );
  }
  const command = stringAt(visit.body(), 'command') ?? '';
  if (command === '') throw aksError(400, 'InvalidParameter', 'The command must not be empty.', 'command');
  const services = await azure.clusters?.services(cluster.id);
  const { exitCode, output } = mayList(visit, cluster)
    ? runInCluster(command, services)
    : { exitCode: 1, output: 'Error from server (Forbidden): services is forbidden\n' };
  const startedAt = azure.clock.now();
  const result: CommandResult = {
    id: randomUUID().replaceAll('-', ''),
    clusterId: cluster.id,
    exitCode,
    logs: truncated(output),
    startedAt,
    finishedAt: startedAt + COMMAND_SECONDS * 1000,
  };
  const { commandResults } = azure;
  commandResults.set(result.id, result);
  for (const old of [...commandResults.keys()].slice(0, Math.max(0, commandResults.size - KEPT)))
    commandResults.delete(old);
  const location = `${call.origin}${cluster.id}/commandResults/${result.id}?api-version=${call.apiVersion}`;
  return { status: 202, headers: { Location: location, 'Retry-After': '0' } };
}

/**
 * Whether a command may read what is in the cluster: it runs as an administrator, or as whom `clusterToken` stands for where
 * the cluster uses the directory.
 */
function mayList(visit: Visit, cluster: Resource): boolean {
  if (!isObject(at(cluster.body, 'properties', 'aadProfile'))) return true;
  const claims = identifyBearer(stringAt(visit.body(), 'clusterToken') ?? '', Date.now() / 1000);
  if (claims === undefined) {
    throw aksError(
      400,
      'InvalidParameter',
      'A valid clusterToken is required to run a command in an AAD enabled cluster.',
      'clusterToken',
    );
  }
  return mayOf(visit.azure.store, cluster.id, claims.oid) !== 'nothing';
}

/**
 * What a command has come to. Who asks too early is kept waiting for the end rather than sent away with 202: programs
 * wait for commands on the wall's clock, which virtual time knows nothing of.
 */
export async function commandResult({ azure }: Visit, cluster: Resource, id: string): Promise<Answer> {
  const result = azure.commandResults.get(id);
  if (result === undefined || !sameId(result.clusterId, cluster.id))
    throw new ArmError(404, 'NotFound', `The command result '${id}' was not found.`);
  const remaining = result.finishedAt - azure.clock.now();
  if (remaining > 0) await azure.clock.pause(remaining);
  return { status: 200, body: resultBody(result) };
}

function resultBody({ id, exitCode, logs, startedAt, finishedAt }: CommandResult): JsonObject {
  return {
    id,
    properties: {
      provisioningState: exitCode === 0 ? 'Succeeded' : 'Failed',
      exitCode,
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      logs,
    },
  };
}

/** Whatever is longer is cut off without a word. */
function truncated(output: string): string {
  const bytes = Buffer.from(output);
  return bytes.length <= MAX_LOG_BYTES ? output : bytes.subarray(0, MAX_LOG_BYTES).toString('utf8');
}
