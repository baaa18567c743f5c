import type { Azure } from './azure.ts';
import { issueToken, principalOf } from './auth.ts';
import { answerDiscovery } from './discovery.ts';
import type { Answer, Request } from './http.ts';
import { stringAt } from './json.ts';

/** What stands in for App Service's secret header; the endpoint is reachable from this machine alone. */
export const IDENTITY_HEADER = 'local-azure-identity';
const SYSTEM_ASSIGNED_CLIENT_ID = '22222222-2222-2222-2222-222222222222';
/** Object id of the managed identity that is asked for without a client id. */
export const SYSTEM_ASSIGNED_PRINCIPAL = principalOf(SYSTEM_ASSIGNED_CLIENT_ID);
const ENTRA_LIFETIME_SECONDS = 3599;
const MANAGED_IDENTITY_LIFETIME_SECONDS = 86_400;

/**
 * Answers the token endpoints of Entra and AD FS, what is asked before they are, and App Service's managed-identity
 * endpoint; undefined for other paths.
 */
export function answerTokenRequest(azure: Azure, request: Request): Answer | undefined {
  const { pathname } = request.url;
  if (pathname === '/msi/token') return managedIdentityToken(azure, request);
  const tenant = /^\/([^/]+)(?:\/oauth2)?(?:\/v2\.0)?\/token$/.exec(pathname)?.[1];
  if (tenant === undefined || tenant === 'subscriptions') return answerDiscovery(azure.cloud, request);
  return request.method === 'POST' ? clientCredentialsToken(azure, request) : { status: 405 };
}

function clientCredentialsToken(azure: Azure, request: Request): Answer {
  const form = new URLSearchParams(request.text);
  if (form.get('grant_type') !== 'client_credentials') {
    return entraError(
      'unsupported_grant_type',
      'AADSTS70003: The app requested an unsupported grant type. Use client_credentials.',
    );
  }
  const clientId = form.get('client_id') ?? '';
  if (clientId === '')
    return entraError(
      'invalid_request',
      "AADSTS900144: The request body must contain the following parameter: 'client_id'.",
    );
  if (!form.get('client_secret') && !form.get('client_assertion')) {
    return entraError(
      'invalid_client',
      "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
      401,
    );
  }
  const scope = form.get('scope') ?? '';
  if (!scope.endsWith('/.default')) {
    return entraError(
      'invalid_scope',
      `AADSTS1002012: The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  const token = tokenFor(azure, clientId, scope.slice(0, -'/.default'.length), ENTRA_LIFETIME_SECONDS);
  const lifetime = { expires_in: ENTRA_LIFETIME_SECONDS, ext_expires_in: ENTRA_LIFETIME_SECONDS };
  return { status: 200, body: { token_type: 'Bearer', ...lifetime, access_token: token } };
}

function managedIdentityToken(azure: Azure, request: Request): Answer {
  const query = request.url.searchParams;
  if (request.headers['x-identity-header'] !== IDENTITY_HEADER)
    return identityError(401, 'The X-IDENTITY-HEADER is missing or wrong.');
  if (query.get('api-version') !== '2019-08-01') return identityError(400, 'The api-version must be 2019-08-01.');
  const resource = query.get('resource');
  if (resource === null || resource === '') return identityError(400, 'The parameter resource is missing.');
  const clientId = query.get('client_id') ?? SYSTEM_ASSIGNED_CLIENT_ID;
  if (clientId !== SYSTEM_ASSIGNED_CLIENT_ID && !isUserAssigned(azure, clientId)) {
    return identityError(
      400,
      `No User Assigned or Delegated Managed Identity found for specified ClientId ${clientId}.`,
    );
  }
  const token = tokenFor(azure, clientId, resource, MANAGED_IDENTITY_LIFETIME_SECONDS);
  const expiresOn = String(Math.floor(Date.now() / 1000) + MANAGED_IDENTITY_LIFETIME_SECONDS);
  return {
    status: 200,
    body: { access_token: token, expires_on: expiresOn, resource, token_type: 'Bearer', client_id: clientId },
  };
}

function tokenFor(azure: Azure, clientId: string, audience: string, lifetimeSeconds: number): string {
  const oid = principalOf(clientId);
  if (!azure.store.principals.has(oid)) azure.store.commit([['principals', oid, 0]]);
  const exp = Math.floor(Date.now() / 1000) + lifetimeSeconds;
  return issueToken({ aud: audience, oid, appid: clientId, exp }, lifetimeSeconds);
}

function isUserAssigned(azure: Azure, clientId: string): boolean {
  return [...azure.store.resources.values()].some(
    ({ type, body }) =>
      type === 'Microsoft.ManagedIdentity/userAssignedIdentities' &&
      stringAt(body, 'properties', 'clientId') === clientId,
  );
}

function entraError(error: string, description: string, status = 400): Answer {
  return { status, body: { error, error_description: description } };
}

function identityError(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message } };
}
