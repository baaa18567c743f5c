import type { PathUncheckedResponse } from '@azure-rest/core-client';
import { isJsonObject, objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import type { OperationRecord } from '../model/operation.ts';
import { armClient } from './clients.ts';
import { AnswerLostError, armError, isConnectionFailure, noJson, retryAfter } from './errors.ts';

/** What ARM said to a write or a deletion that it accepted. */
export interface Accepted {
  /** The operation to follow; absent when everything is done already. */
  readonly operation?: OperationRecord;
  readonly retryAfterSeconds?: number;
}

/**
 * Reads a resource as raw JSON at one api-version, with everything that no SDK knows.
 *
 * @returns undefined when it does not exist (also when its resource group does not)
 * @throws ArmError for any other refusal
 */
export async function readResource(id: string, apiVersion: string): Promise<JsonObject | undefined> {
  const client = await armClient();
  const response = await client.pathUnchecked(id).get({ queryParameters: { 'api-version': apiVersion } });
  if (response.status === '404') return undefined;
  if (response.status !== '200') throw armError(response);
  // A proxy's page with status 200 must not pass for a resource without our tag.
  if (!isJsonObject(response.body)) throw noJson(response);
  return response.body;
}

/**
 * Reads all pages of a list.
 *
 * @returns undefined when what it would list of does not exist
 * @throws ArmError for any other refusal, and for an answer that is no list
 */
export async function listResources(path: string, apiVersion: string): Promise<JsonObject[] | undefined> {
  const client = await armClient();
  const items: JsonObject[] = [];
  let next: string | undefined = path;
  let first = true;
  while (next !== undefined) {
    const response: PathUncheckedResponse = await client
      .pathUnchecked(next)
      .get(first ? { queryParameters: { 'api-version': apiVersion } } : {});
    if (first && response.status === '404') return undefined;
    if (response.status !== '200') throw armError(response);
    // An answer without a list is not an empty list: what is deleted when nothing is left must not be deleted for it.
    if (!isJsonObject(response.body) || !Array.isArray(response.body['value'])) throw noJson(response);
    items.push(...objectsAt(response.body, 'value'));
    const nextLink = stringAt(response.body, 'nextLink');
    next = nextLink === '' ? undefined : nextLink;
    first = false;
  }
  return items;
}

/**
 * PUTs a whole resource. Nothing waits: the operation that ARM names is handed back as a small record.
 *
 * @param ifMatch the etag that must still be current, where the service honours it (managed clusters do)
 * @throws ArmError when ARM does not accept it; AnswerLostError when nobody knows
 */
export async function putResource(
  id: string,
  apiVersion: string,
  body: JsonObject,
  ifMatch?: string,
): Promise<Accepted> {
  const client = await armClient();
  const options = {
    queryParameters: { 'api-version': apiVersion },
    body,
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  };
  const response = await answered(client.pathUnchecked(id).put(options));
  if (!['200', '201', '202'].includes(response.status)) throw armError(response);
  return accepted(id, response);
}

/** What came of an action that Azure may take its time for. */
export type ActionProgress =
  | { readonly state: 'done'; readonly body: JsonObject }
  /** To be asked for at this URL, verbatim. */
  | { readonly state: 'running'; readonly url: string; readonly retryAfterSeconds?: number };

/** POSTs an action of a resource, e.g. `runCommand`. @throws ArmError when ARM does not accept it */
export async function postAction(
  id: string,
  action: string,
  apiVersion: string,
  body: JsonObject,
): Promise<ActionProgress> {
  const client = await armClient();
  const path = `${id}/${action}`;
  const response = await client.pathUnchecked(path).post({ queryParameters: { 'api-version': apiVersion }, body });
  return actionProgress(response, path);
}

/** Looks once at an action that is running. @throws ArmError when it has failed */
export async function actionResult(url: string): Promise<ActionProgress> {
  const client = await armClient();
  return actionProgress(await client.pathUnchecked(url).get(), url);
}

function actionProgress(response: PathUncheckedResponse, asked: string): ActionProgress {
  if (response.status === '200') return { state: 'done', body: response.body as JsonObject };
  if (response.status !== '202') throw armError(response);
  const seconds = retryAfter(response);
  const url = response.headers['location'] ?? asked;
  return { state: 'running', url, ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }) };
}

/**
 * DELETEs a resource; one that is gone already counts as done.
 *
 * @throws ArmError when ARM does not accept it; AnswerLostError when nobody knows
 */
export async function deleteResource(id: string, apiVersion: string): Promise<Accepted> {
  const client = await armClient();
  const options = { queryParameters: { 'api-version': apiVersion } };
  const response = await answered(client.pathUnchecked(id).delete(options));
  if (response.status === '404') return {};
  if (!['200', '202', '204'].includes(response.status)) throw armError(response);
  return response.status === '202' ? accepted(id, response) : {};
}

async function answered(write: PromiseLike<PathUncheckedResponse>): Promise<PathUncheckedResponse> {
  try {
    return await write;
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    throw new AnswerLostError(error.message, { cause: error });
  }
}

function accepted(resourceId: string, response: PathUncheckedResponse): Accepted {
  const operationUrl = response.headers['azure-asyncoperation'] ?? response.headers['location'];
  const seconds = retryAfter(response);
  return {
    ...(operationUrl === undefined
      ? {}
      : { operation: { resourceId, operationUrl, acceptedAt: acceptedAt(response) } }),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
}

/** ARM's own clock, as far as it tells it. */
function acceptedAt(response: PathUncheckedResponse): string {
  const date = new Date(response.headers['date'] ?? '');
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
