import type { Client } from '@azure-rest/core-client';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import type { Pipeline, PipelinePolicy } from '@azure/core-rest-pipeline';
import { armTelemetry } from './armTelemetry.ts';
import { repeatLostReads } from './lostReads.ts';
import { isLoopback, settings, type Settings } from '../settings.ts';
import { refusal } from './restErrors.ts';

/** A request may hang for this long before its connection counts as lost; ARM answers within seconds. */
const REQUEST_TIMEOUT_MS = 60_000;
const BEARER_POLICY = 'bearerTokenAuthenticationPolicy';

let credential: Promise<TokenCredential> | undefined;
const armClients = new Map<string, Promise<Client>>();

/**
 * The app's credential: managed identity in Azure, `az login` or a service principal from the environment elsewhere.
 * One for the process, since it caches tokens.
 */
function azureCredential(): Promise<TokenCredential> {
  const { authorityHost } = settings();
  credential ??= import('@azure/identity').then(
    ({ DefaultAzureCredential }) => new DefaultAzureCredential({ authorityHost }),
  );
  return credential;
}

/**
 * Azure Resource Manager with plain JSON in and out: the SDK's pipeline (token, user agent, logging) without its
 * models, which drop what they do not know. It retries nothing by itself, but for a read whose connection was lost: the
 * orchestration waits, so that waiting is durable and visible.
 */
export function armClient(current: Settings = settings()): Promise<Client> {
  const { armEndpoint, armAudience } = current;
  const key = `${armEndpoint} ${armAudience}`;
  let client = armClients.get(key);
  if (client === undefined) {
    client = createArmClient(current);
    armClients.set(key, client);
  }
  return client;
}

async function createArmClient({ armEndpoint, armAudience }: Settings): Promise<Client> {
  const { getClient } = await import('@azure-rest/core-client');
  const token = await azureCredential();
  const scopes = [`${armAudience}/.default`];
  const client = getClient(armEndpoint, token, {
    credentials: { scopes },
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'gatehouse' },
    allowInsecureConnection: isLoopback(armEndpoint),
  });
  allowLoopback(client.pipeline, token, scopes, armEndpoint);
  client.pipeline.addPolicy(requestTimeout);
  client.pipeline.addPolicy(repeatLostReads);
  client.pipeline.addPolicy(armTelemetry);
  return client;
}

/**
 * A typed SDK client's options and set-up for this app: same endpoint, same credential, no retries of its own. The
 * typed clients serve where nothing is read and written back.
 */
export async function typedClient<T extends { readonly pipeline: Pipeline }>(
  create: (credential: TokenCredential, options: TypedClientOptions) => T,
): Promise<T> {
  const { armEndpoint, armAudience } = settings();
  const token = await azureCredential();
  const scopes = [`${armAudience}/.default`];
  const client = create(token, {
    endpoint: armEndpoint,
    credentials: { scopes },
    credentialScopes: scopes,
    retryOptions: { maxRetries: 0 },
    allowInsecureConnection: isLoopback(armEndpoint),
  });
  allowLoopback(client.pipeline, token, scopes, armEndpoint);
  client.pipeline.addPolicy(requestTimeout);
  client.pipeline.addPolicy(repeatLostReads);
  client.pipeline.addPolicy(armTelemetry);
  client.pipeline.addPolicy(refusals);
  return client;
}

/** A token of the app for something that isn't Azure Resource Manager. @throws what the credential throws */
export async function accessToken(scope: string): Promise<AccessToken> {
  const credential = await azureCredential();
  const token = await credential.getToken(scope);
  if (token === null) throw new Error(`The app's identity gets no token for ${scope}.`);
  return token;
}

export interface TypedClientOptions {
  readonly endpoint: string;
  /** The newer generation of SDKs reads this, the older one `credentialScopes`. */
  readonly credentials: { scopes: string[] };
  readonly credentialScopes: string[];
  readonly retryOptions: { maxRetries: number };
  readonly allowInsecureConnection: boolean;
}

const refusals: PipelinePolicy = {
  name: 'gatehouseRefusals',
  sendRequest: async (request, next) => {
    const response = await next(request);
    if (response.status >= 400) throw refusal(response);
    return response;
  },
};

const requestTimeout: PipelinePolicy = {
  name: 'gatehouseRequestTimeout',
  sendRequest: (request, next) => {
    if (request.timeout === 0) request.timeout = REQUEST_TIMEOUT_MS;
    return next(request);
  },
};

/**
 * The SDK refuses to send tokens over plain http. On loopback nobody can listen in, and a local stand-in asks for a
 * token all the same, so there the header is set without that check.
 */
function allowLoopback(pipeline: Pipeline, token: TokenCredential, scopes: string[], endpoint: string): void {
  if (!endpoint.startsWith('http:') || !isLoopback(endpoint)) return;
  let cached: { token: string; expiresOnTimestamp: number } | null = null;
  pipeline.removePolicy({ name: BEARER_POLICY });
  pipeline.addPolicy({
    name: 'gatehouseLoopbackBearer',
    sendRequest: async (request, next) => {
      if (cached === null || cached.expiresOnTimestamp < Date.now() + 60_000) cached = await token.getToken(scopes);
      if (cached !== null) request.headers.set('authorization', `Bearer ${cached.token}`);
      const response = await next(request);
      // A token that is refused is not the one for the next request.
      if (response.status === 401) cached = null;
      return response;
    },
  });
}
