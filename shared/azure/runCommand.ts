import { setTimeout as wait } from 'node:timers/promises';
import { apiVersions } from '../model/apiVersions.ts';
import { GatehouseError } from '../model/errors.ts';
import { jsonAt, stringAt, type JsonObject } from '../model/json.ts';
import { actionResult, postAction, type ActionProgress } from './resource.ts';

/** What a command printed (standard output and error together; Azure keeps 512 KB) and how it ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

export interface RunCommandOptions {
  /** A command takes a pod to start in the cluster, some ten seconds; ARM itself gives up after 60. */
  readonly deadlineSeconds: number;
  /** Where the cluster uses Entra, on whose behalf the command runs. */
  readonly clusterToken?: string;
}

const POLL_SECONDS = 2;
/** Azure's hints are meant for operations of minutes. */
const LONGEST_POLL_SECONDS = 5;

/**
 * Runs a command in a pod of the cluster, by way of Azure Resource Manager: it reaches clusters whose API server can't be
 * reached. Not made for programs, as its documentation says: slow, and its output is cut without a word.
 *
 * @throws ArmError when Azure refuses; GatehouseError when the command could not be run, or not in time
 */
export async function runCommand(
  clusterId: string,
  command: string,
  { deadlineSeconds, clusterToken }: RunCommandOptions,
): Promise<CommandResult> {
  const signal = AbortSignal.timeout(deadlineSeconds * 1000);
  const body = { command, context: '', ...(clusterToken === undefined ? {} : { clusterToken }) };
  let progress = await postAction(clusterId, 'runCommand', apiVersions.containerService, body);
  while (progress.state === 'running') {
    await pause(progress, signal, deadlineSeconds);
    progress = await actionResult(progress.url);
  }
  return resultOf(progress.body);
}

async function pause(
  { retryAfterSeconds = POLL_SECONDS }: Extract<ActionProgress, { state: 'running' }>,
  signal: AbortSignal,
  deadlineSeconds: number,
): Promise<void> {
  try {
    await wait(Math.min(retryAfterSeconds, LONGEST_POLL_SECONDS) * 1000, undefined, { signal });
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new GatehouseError('CommandTimeout', `The command in the cluster did not end within ${deadlineSeconds} s.`, {
      cause,
    });
  }
}

function resultOf(body: JsonObject): CommandResult {
  const exitCode = jsonAt(body, 'properties', 'exitCode');
  if (typeof exitCode === 'number') return { exitCode, output: stringAt(body, 'properties', 'logs') ?? '' };
  const state = stringAt(body, 'properties', 'provisioningState') ?? 'unknown';
  const reason = stringAt(body, 'properties', 'reason') ?? 'no reason given';
  throw new GatehouseError('CommandNotRun', `The command could not be run in the cluster (${state}): ${reason}`);
}
