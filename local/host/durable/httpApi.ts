import type { Clock } from '../../clock.ts';
import type { HostRequest, HostResponse } from '../httpServer.ts';
import { BadRequestError, headerOf, json, jsonBody } from '../httpServer.ts';
import { managementUrls } from './clientBinding.ts';
import type { DurableEngine } from './engine.ts';
import { InstanceExistsError, InvalidRequestError } from './errors.ts';
import type { OrchestrationStatus } from './instances.ts';
import type { RuntimeStatus } from './instanceState.ts';
import { FINISHED, isFinished } from './instanceState.ts';
import type { InstanceQuery } from './query.ts';
import { historyPayload, statusPayload } from './statusPayload.ts';

export interface DurableHttpApiOptions {
  readonly engine: DurableEngine;
  readonly clock: Clock;
  readonly hubName: string;
  /** The system key that is part of the links in answers. */
  readonly key: string;
}

/** @param path what follows the base path of the API. */
export type DurableHttpApi = (request: HostRequest, path: string) => Promise<HostResponse>;

const NOT_FOUND: HostResponse = { status: 404 };
const GONE: HostResponse = { status: 410 };
const ACCEPTED: HostResponse = { status: 202 };
const CONTINUATION_HEADER = 'x-ms-continuation-token';

/** The HTTP API of the Durable extension (HttpApiHandler), which its webhook and its RPC endpoint share. */
export function durableHttpApi({ engine, clock, hubName, key }: DurableHttpApiOptions): DurableHttpApi {
  const created = (request: HostRequest, instanceId: string): HostResponse => {
    const urls = managementUrls(request.url.origin, hubName, key, encodeURIComponent(instanceId));
    return json(202, { ...urls, id: instanceId }, { location: urls.statusQueryGetUri, 'retry-after': '10' });
  };

  /** Answers at once, or when it has finished within `timeout` seconds of the query. */
  async function createdOrFinished(request: HostRequest, instanceId: string): Promise<HostResponse> {
    const timeoutSeconds = seconds(request, 'timeout');
    if (timeoutSeconds === undefined || seconds(request, 'pollingInterval') === undefined)
      return created(request, instanceId);
    let cancel: () => void = () => undefined;
    const timedOut = new Promise<undefined>((resolve) => {
      cancel = clock.at(clock.now() + timeoutSeconds * 1000, () => resolve(undefined));
    });
    const status = await Promise.race([engine.waitFor(instanceId), timedOut]);
    cancel();
    if (status === undefined) return created(request, instanceId);
    return status.runtimeStatus === 'Completed' ? json(200, status.output) : statusResponse(request, status);
  }

  async function startOrchestration(request: HostRequest, name: string, id: string | undefined): Promise<HostResponse> {
    const version = request.url.searchParams.get('version');
    const instanceId = engine.start({
      name,
      input: jsonBody(request),
      ...(id !== undefined && { instanceId: id }),
      ...(version !== null && { version }),
    });
    return createdOrFinished(request, instanceId);
  }

  function statusResponse(request: HostRequest, status: OrchestrationStatus): HostResponse {
    const showInput = flag(request, 'showInput', true);
    const history = flag(request, 'showHistory', false) ? engine.history(status.instanceId) : undefined;
    const showOutput = flag(request, 'showHistoryOutput', false);
    const payload = {
      ...statusPayload(status, showInput),
      ...(history && { historyEvents: historyPayload(history, { showInput, showOutput }) }),
    };
    if (!isFinished(status.runtimeStatus))
      return json(202, payload, { location: request.url.href, 'retry-after': '5' });
    const asError = status.runtimeStatus === 'Failed' && flag(request, 'returnInternalServerErrorOnFailure', false);
    return json(asError ? 500 : 200, payload);
  }

  function listInstances(request: HostRequest): HostResponse {
    const page = engine.query(queryOf(request));
    const showInput = flag(request, 'showInput', true);
    return json(
      200,
      page.instances.map((status) => statusPayload(status, showInput)),
      page.continuationToken === undefined ? {} : { [CONTINUATION_HEADER]: page.continuationToken },
    );
  }

  function purgeInstances(request: HostRequest): HostResponse {
    const { runtimeStatus = FINISHED, createdFromMs, createdToMs = clock.now() } = queryOf(request);
    if (createdFromMs === undefined) return json(400, "Please provide value for 'createdTimeFrom' parameter.");
    const purgeable = runtimeStatus.filter(isFinished);
    const { instances } = engine.query({
      runtimeStatus: purgeable,
      createdFromMs,
      createdToMs,
      pageSize: Number.POSITIVE_INFINITY,
    });
    const instancesDeleted = instances.filter((status) => engine.purge(status.instanceId)).length;
    return instancesDeleted === 0 ? NOT_FOUND : json(200, { instancesDeleted });
  }

  function purgeInstance({ instanceId, runtimeStatus }: OrchestrationStatus): HostResponse {
    if (!isFinished(runtimeStatus))
      return json(
        412,
        `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${runtimeStatus}`,
      );
    return json(200, { instancesDeleted: engine.purge(instanceId) ? 1 : 0 });
  }

  function raiseEvent(request: HostRequest, status: OrchestrationStatus, name: string): HostResponse {
    if (isFinished(status.runtimeStatus)) return GONE;
    if (!/^application\/json\s*(;|$)/i.test(headerOf(request, 'content-type') ?? ''))
      throw new BadRequestError('Only application/json request content is supported');
    engine.raiseEvent(status.instanceId, name, jsonBody(request));
    return ACCEPTED;
  }

  async function restart(request: HostRequest, status: OrchestrationStatus): Promise<HostResponse> {
    const instanceId = engine.start({
      name: status.name,
      input: status.input,
      ...(status.version !== null && { version: status.version }),
      ...(!flag(request, 'restartWithNewInstanceId', true) && { instanceId: status.instanceId }),
    });
    return createdOrFinished(request, instanceId);
  }

  function rewind({ runtimeStatus }: OrchestrationStatus): HostResponse {
    if (runtimeStatus !== 'Failed')
      return json(
        412,
        `This orchestration has status ${runtimeStatus}, but only orchestrations in the "Failed" state can be rewound.`,
      );
    return json(501, {
      Message: 'Rewind is not supported by the underlying storage provider. Restart the orchestration instead.',
    });
  }

  async function actOn(request: HostRequest, status: OrchestrationStatus, operation: string): Promise<HostResponse> {
    const { instanceId } = status;
    const reason = request.url.searchParams.get('reason');
    switch (operation.toLowerCase()) {
      case 'restart':
        return restart(request, status);
      case 'rewind':
        return rewind(status);
      case 'terminate':
      case 'suspend':
      case 'resume':
        if (isFinished(status.runtimeStatus)) return GONE;
        engine[operation.toLowerCase() as 'terminate' | 'suspend' | 'resume'](instanceId, reason);
        return ACCEPTED;
      default:
        return NOT_FOUND;
    }
  }

  async function route(request: HostRequest, segments: readonly string[]): Promise<HostResponse> {
    const { method } = request;
    const [, id, operation, name] = segments;
    const collection = segments[0]?.toLowerCase();
    if (collection === 'orchestrators' && id !== undefined && segments.length <= 3)
      return method === 'POST' ? startOrchestration(request, id, operation) : NOT_FOUND;
    if (collection === 'entities') return json(501, { Message: 'Entities are not supported by the local host.' });
    if (collection !== 'instances') return NOT_FOUND;
    if (id === undefined) {
      if (method === 'GET') return listInstances(request);
      return method === 'DELETE' ? purgeInstances(request) : NOT_FOUND;
    }
    const status = engine.status(id);
    if (status === undefined)
      return operation?.toLowerCase() === 'restart' && method === 'POST'
        ? json(400, { Message: 'InstanceId does not match a valid orchestration instance.' })
        : NOT_FOUND;
    if (operation === undefined) {
      if (method === 'GET') return statusResponse(request, status);
      return method === 'DELETE' ? purgeInstance(status) : NOT_FOUND;
    }
    if (method !== 'POST') return NOT_FOUND;
    if (name === undefined) return actOn(request, status, operation);
    return operation.toLowerCase() === 'raiseevent' && segments.length === 4
      ? raiseEvent(request, status, name)
      : NOT_FOUND;
  }

  return async (request, path) => {
    try {
      return await route(request, decodePath(path));
    } catch (error) {
      if (error instanceof InstanceExistsError) return json(409, { Message: error.message });
      if (error instanceof InvalidRequestError) return json(400, { Message: error.message });
      throw error;
    }
  };
}

function decodePath(path: string): string[] {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch (error) {
    throw new BadRequestError(`The path ${path} can't be decoded.`, { cause: error });
  }
}

function flag(request: HostRequest, name: string, fallback: boolean): boolean {
  const value = request.url.searchParams.get(name)?.toLowerCase();
  return value === 'true' || value === 'false' ? value === 'true' : fallback;
}

function seconds(request: HostRequest, name: string): number | undefined {
  const value = Number.parseFloat(request.url.searchParams.get(name) ?? '');
  return Number.isFinite(value) ? value : undefined;
}

function queryOf(request: HostRequest): InstanceQuery {
  const { searchParams } = request.url;
  const time = (name: string) => {
    const ms = Date.parse(searchParams.get(name) ?? '');
    return Number.isNaN(ms) ? undefined : ms;
  };
  const statuses = searchParams
    .getAll('runtimeStatus')
    .flatMap((value) => value.split(','))
    .filter((value): value is RuntimeStatus => KNOWN_STATUSES.includes(value));
  const prefix = searchParams.get('instanceIdPrefix');
  const top = Number.parseInt(searchParams.get('top') ?? '', 10);
  const token = headerOf(request, CONTINUATION_HEADER);
  const [createdFromMs, createdToMs] = [time('createdTimeFrom'), time('createdTimeTo')];
  return {
    ...(statuses.length > 0 && { runtimeStatus: statuses }),
    ...(prefix !== null && { instanceIdPrefix: prefix }),
    ...(createdFromMs !== undefined && { createdFromMs }),
    ...(createdToMs !== undefined && { createdToMs }),
    ...(top > 0 && { pageSize: top }),
    ...(token !== undefined && token !== '' && { continuationToken: token }),
  };
}

const KNOWN_STATUSES: readonly string[] = ['Pending', 'Running', 'Suspended', ...FINISHED];
