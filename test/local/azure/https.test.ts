import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { asText, at, objectsAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, startClient, SUBSCRIPTION, type Client } from './client.ts';

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** What the client trusts in place of the CAs of the machine. */
  readonly ca?: string | undefined;
}

let state: string;
let client: Client;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'gatehouse-https-'));
  client = await startClient({ https: { port: 0 }, stateDirectory: state });
});
afterEach(async () => {
  await client.close();
  rmSync(state, { recursive: true });
});

const origin = () => client.azure.https?.origin ?? '';

/** Sends a request by TLS, as a client that trusts the file in the state directory. */
function send(path: string, { ca = readFileSync(join(state, 'ca.pem'), 'utf8'), ...sent }: Sent = {}) {
  return new Promise<{ status: number; headers: JsonObject; body: Json }>((resolve, reject) => {
    const outgoing = request(
      path.startsWith('https:') ? path : `${origin()}${path}`,
      { method: sent.method ?? 'GET', headers: sent.headers ?? {}, ca, agent: false },
      (response) => {
        text(response).then(
          (answer) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: answer === '' ? null : (JSON.parse(answer) as Json),
            }),
          reject,
        );
      },
    );
    outgoing.on('error', reject);
    // A request whose path begins with two slashes can't be said by a URL's own parts.
    outgoing.path = path.startsWith('/') ? path : outgoing.path;
    outgoing.end(sent.body);
  });
}

const logIn = async (tokenEndpoint: string): Promise<Record<string, string>> => {
  // MSAL asks for the resource with its trailing slash, and puts one of its own before `.default`.
  const fields = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'secret' };
  const scope = 'https://management.core.windows.net//.default';
  const { body } = await send(tokenEndpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, scope }).toString(),
  });
  return { authorization: `Bearer ${asText(at(body, 'access_token'))}`, 'content-type': 'application/json' };
};

describe('the certificate', () => {
  test('is good for localhost and 127.0.0.1, and for nobody who does not trust its authority', async () => {
    expect(origin()).toMatch(/^https:\/\/localhost:\d+$/);
    expect((await send('/metadata/endpoints')).status).toBe(200);
    const byAddress = `${origin().replace('localhost', '127.0.0.1')}/metadata/endpoints`;
    expect((await send(byAddress)).status).toBe(200);
    await expect(send('/metadata/endpoints', { ca: rootCertificates[0] })).rejects.toMatchObject({
      code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/),
    });
  });

  test('stays the same over restarts, with its key for the owner alone and without that of its authority', async () => {
    const before = readFileSync(join(state, 'https.json'), 'utf8');
    const authority = client.azure.https?.authority;
    expect(readFileSync(join(state, 'ca.pem'), 'utf8')).toBe(authority);
    await client.close();
    client = await startClient({ https: { port: 0 }, stateDirectory: state });
    expect(client.azure.https?.authority).toBe(authority);
    expect(readFileSync(join(state, 'https.json'), 'utf8')).toBe(before);
    expect(statSync(join(state, 'https.json')).mode & 0o077).toBe(0);
    expect(before.match(/PRIVATE KEY-----\\n/g)).toHaveLength(2);
    expect(new X509Certificate(authority ?? '').ca).toBe(true);
  });
});

test('nothing listens with TLS unless it is asked to', async () => {
  const plain = await startClient();
  expect(plain.azure.https).toBeUndefined();
  await plain.close();
});

describe('what az asks before it has a token', () => {
  test('the endpoints of the cloud, all of them here', async () => {
    const { status, body } = await send('/metadata/endpoints?api-version=2015-01-01');
    expect(status).toBe(200);
    expect(at(body, 'authentication', 'loginEndpoint')).toBe(`${origin()}/adfs`);
    expect(at(body, 'graphEndpoint')).toBe(`${origin()}/`);
  });

  test.each([
    // `az login --tenant adfs` below the login endpoint of the metadata, and below endpoints without a path.
    '/adfs/adfs/.well-known/openid-configuration',
    '//adfs/.well-known/openid-configuration',
    // MSAL.
    '/adfs/.well-known/openid-configuration',
  ])('AD FS at %s', async (path) => {
    const { status, body } = await send(path);
    expect([status, body]).toMatchObject([
      200,
      {
        issuer: `${origin()}/adfs`,
        authorization_endpoint: `${origin()}/adfs/oauth2/authorize`,
        token_endpoint: `${origin()}/adfs/oauth2/token`,
      },
    ]);
  });

  test('Entra keeps tenants and versions', async () => {
    const { body } = await send('/common/v2.0/.well-known/openid-configuration');
    expect(body).toMatchObject({
      issuer: `${origin()}/{tenantid}/v2.0`,
      token_endpoint: `${origin()}/common/oauth2/v2.0/token`,
    });
  });
});

describe('what az asks with a token of AD FS', () => {
  let headers: Record<string, string>;
  beforeEach(async () => {
    headers = await logIn(`${origin()}/adfs/oauth2/token`);
  });

  test('subscriptions and tenants', async () => {
    const tenantId = '11111111-1111-1111-1111-111111111111';
    const subscriptions = await send('/subscriptions?api-version=2019-11-01', { headers });
    expect(subscriptions.body).toMatchObject({
      value: [{ id: SUBSCRIPTION, displayName: 'local Azure', state: 'Enabled', tenantId, managedByTenants: [] }],
    });
    const tenants = await send('/tenants?api-version=2019-11-01', { headers });
    expect(tenants.body).toMatchObject({ value: [{ id: `/tenants/${tenantId}`, tenantId }] });
  });

  test('the resources of a group, by a filter over the subscription', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', `${SUBSCRIPTION}/resourceGroups/other`, { location: 'eastus' });
    await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
    await client.apply('PUT', `${NETWORK.replace('/g/', '/other/')}/virtualNetworks/w`, aNetwork());
    const names = async (filter: string) => {
      const query = new URLSearchParams({ $filter: filter, 'api-version': '2022-09-01' }).toString();
      const { body } = await send(`${SUBSCRIPTION}/resources?${query}`, { headers });
      return objectsAt(body, 'value').map(({ name }) => name);
    };
    expect(await names("resourceGroup eq 'G'")).toEqual(['v']);
    expect(await names("resourceGroup eq 'other' and name eq 'w'")).toEqual(['w']);
    expect(await names("name eq 'nobody'")).toEqual([]);
  });

  test('Kubernetes versions in the form of 2019', async () => {
    const path = `${SUBSCRIPTION}/providers/Microsoft.ContainerService/locations/eastus/orchestrators`;
    const { body } = await send(`${path}?api-version=2019-04-01&resource-type=managedClusters`, { headers });
    const orchestrators = at(body, 'properties', 'orchestrators') as JsonObject[];
    expect(orchestrators.filter((one) => one['default'] === true)).toHaveLength(1);
    expect(orchestrators[1]).toMatchObject({
      upgrades: [{ orchestratorVersion: orchestrators[0]?.['orchestratorVersion'] }],
    });
  });

  test('an operation at the address the request came to', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    const network = `${NETWORK}/virtualNetworks/v?api-version=2022-01-01`;
    const accepted = await send(network, { method: 'PUT', headers, body: JSON.stringify(aNetwork()) });
    expect(accepted.status).toBe(201);
    const operation = asText(accepted.headers['azure-asyncoperation']);
    expect(operation.startsWith(`${origin()}/subscriptions/`)).toBe(true);
    await client.pass(60);
    expect(await send(operation, { headers })).toMatchObject({ status: 200, body: { status: 'Succeeded' } });
    // The same state is behind both listeners.
    expect(await client.get(`${client.azure.origin}${NETWORK}/virtualNetworks/v`)).toMatchObject({ name: 'v' });
  });
});
