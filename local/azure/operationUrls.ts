import { createHmac } from 'node:crypto';
import { ArmError } from './errors.ts';
import { parsePath } from './resourceId.ts';
import type { Operation } from './store.ts';

const SIGNING_KEY = 'local Azure signs its operation URLs so that only verbatim ones are answered';
const TICKS_AT_EPOCH_MS = 62_135_596_800_000;

type Endpoint = 'operations' | 'operationResults';

/**
 * The signed URL of an operation (`Azure-AsyncOperation`) or of its result (`Location`). Azure adds `t`, `c`, `s` and `h`
 * and answers nothing without them, so clients must use the URL verbatim.
 */
export function operationUrl(
  origin: string,
  operation: Operation,
  endpoint: Endpoint,
  apiVersion: string,
  now: number,
): string {
  const path = pathOf(operation, endpoint);
  const version = versionOf(operation, apiVersion);
  const ticks = `${Math.floor(now) + TICKS_AT_EPOCH_MS}0000`;
  const query = `api-version=${version}&t=${ticks}`;
  return `${origin}${path}?${query}&${signature(`${path}?${query}`)}`;
}

/** Throws unless path and query are those of a URL that `operationUrl` gave out. */
export function verifyOperationUrl(url: URL): void {
  const marks = ['t', 'c', 's', 'h'];
  if (marks.some((mark) => !url.searchParams.has(mark))) throw operationNotFound(url.pathname);
  const unsigned = `${url.pathname}?api-version=${url.searchParams.get('api-version') ?? ''}&t=${url.searchParams.get('t') ?? ''}`;
  if (`${url.pathname}${url.search}` !== `${unsigned}&${signature(unsigned)}`) {
    throw new ArmError(
      403,
      'AuthorizationFailed',
      'The signature of the operation URL is not valid. Use the URL exactly as it was returned.',
    );
  }
}

export function operationNotFound(path: string): ArmError {
  return new ArmError(404, 'NotFound', `The operation at '${path}' was not found; it may have expired.`);
}

function pathOf(operation: Operation, endpoint: Endpoint): string {
  const subscription = `/subscriptions/${operation.subscription}`;
  if (operation.namespace === 'Microsoft.Resources') return `${subscription}/operationresults/${operation.id}`;
  return `${subscription}/providers/${operation.namespace}/locations/${operation.location}/${segmentOf(operation, endpoint)}/${operation.id}`;
}

/** AKS spells its results in lower case; firewall policies have a service of their own behind Microsoft.Network. */
function segmentOf(operation: Operation, endpoint: Endpoint): string {
  if (operation.namespace === 'Microsoft.ContainerService') return endpoint.toLowerCase();
  if (!isFirewallPolicyPart(operation.resourceId)) return endpoint;
  return endpoint === 'operations' ? 'nfvOperations' : 'nfvOperationResults';
}

/** Whether an id is that of a firewall policy or of what is in one. */
export function isFirewallPolicyPart(id: string): boolean {
  return parsePath(id)?.types[0]?.toLowerCase() === 'firewallpolicies';
}

function versionOf(operation: Operation, apiVersion: string): string {
  if (operation.namespace === 'Microsoft.Resources') return '2020-01-01';
  return operation.namespace === 'Microsoft.ContainerService' ? '2016-03-30' : apiVersion;
}

function signature(unsigned: string): string {
  const digest = createHmac('sha512', SIGNING_KEY).update(unsigned).digest('base64url');
  return `c=${digest.slice(0, 24)}&s=${digest.slice(24, 56)}&h=${digest.slice(56)}`;
}
