import { issueToken } from '../../../local/azure/auth.ts';
import { at } from '../../../local/azure/json.ts';
import { GROUP, refusal, startClient, SUBSCRIPTION, type Client } from './client.ts';

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const now = () => Math.floor(Date.now() / 1000);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const claims = { aud: 'https://management.azure.com/', oid: '33333333-3333-4333-8333-333333333333', appid: 'test' };
const form = (fields: Record<string, string>) =>
  fetch(`${client.azure.origin}/tenant/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(fields) });
const secret = { grant_type: 'client_credentials', client_id: 'app', client_secret: 's' };

describe('ARM answers 401 and says how to log in', () => {
  test.each<[string, () => Record<string, string>, string]>([
    ['without a token', () => ({ authorization: '' }), 'AuthenticationFailed'],
    ['with another scheme', () => ({ authorization: 'Basic abc' }), 'AuthenticationFailedInvalidHeader'],
    ['with a token of somebody else', () => bearer('a.b.c'), 'InvalidAuthenticationToken'],
    [
      'with an expired token',
      () => bearer(issueToken({ ...claims, exp: now() - 1 }, 3600)),
      'ExpiredAuthenticationToken',
    ],
    [
      'with a token for another service',
      () => bearer(issueToken({ ...claims, aud: 'https://graph.microsoft.com', exp: now() + 60 }, 60)),
      'InvalidAuthenticationTokenAudience',
    ],
  ])('%s', async (_, headers, code) => {
    const reply = await client.send('GET', SUBSCRIPTION, undefined, headers());
    expect(refusal(reply)).toEqual([401, code]);
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer authorization_uri=/);
  });
});

describe('Entra', () => {
  test('gives a token for client credentials that ARM takes', async () => {
    const reply = (await (await form({ ...secret, scope: 'https://management.azure.com/.default' })).json()) as Record<
      string,
      unknown
    >;
    expect(reply).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
    expect((await client.send('GET', SUBSCRIPTION, undefined, bearer(String(reply['access_token'])))).status).toBe(200);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['another grant', { ...secret, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no secret', { grant_type: 'client_credentials', client_id: 'app', scope: 'x/.default' }, 401, 'invalid_client'],
    ['a scope without /.default', { ...secret, scope: 'https://management.azure.com/user' }, 400, 'invalid_scope'],
  ])('refuses %s', async (_, fields, status, error) => {
    const reply = await form(fields);
    expect([reply.status, ((await reply.json()) as Record<string, unknown>)['error']]).toEqual([status, error]);
  });

  test('describes itself for discovery', async () => {
    const { body } = await client.send(
      'GET',
      `${client.azure.origin}/tenant/v2.0/.well-known/openid-configuration?x=1`,
    );
    expect(at(body, 'token_endpoint')).toBe(`${client.azure.origin}/tenant/oauth2/v2.0/token`);
  });
});

describe('the managed-identity endpoint of App Service', () => {
  const ask = (query: string, header = client.azure.identity.header) =>
    client.send('GET', `${client.azure.identity.endpoint}?${query}`, undefined, { 'x-identity-header': header });

  test('gives a token that ARM takes', async () => {
    const { status, body } = await ask('resource=https://management.azure.com&api-version=2019-08-01');
    expect([status, at(body, 'token_type'), typeof at(body, 'expires_on')]).toEqual([200, 'Bearer', 'string']);
    expect(
      (await client.send('GET', SUBSCRIPTION, undefined, bearer(String(at(body, 'access_token') as string)))).status,
    ).toBe(200);
  });

  test('wants the secret header, the version and a resource', async () => {
    expect((await ask('resource=r&api-version=2019-08-01', 'wrong')).status).toBe(401);
    expect((await ask('resource=r&api-version=2017-09-01')).status).toBe(400);
    expect((await ask('api-version=2019-08-01')).status).toBe(400);
  });

  test('knows user-assigned identities by their client id', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    const identity = await client.send(
      'PUT',
      `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity`,
      { location: 'eastus' },
    );
    const query = 'resource=https://management.azure.com&api-version=2019-08-01&client_id=';
    expect((await ask(`${query}${String(at(identity.body, 'properties', 'clientId') as string)}`)).status).toBe(200);
    expect((await ask(`${query}nobody`)).status).toBe(400);
  });
});

describe('rate limits', () => {
  const write = () => client.send('PATCH', GROUP, { tags: {} });
  beforeEach(() => client.apply('PUT', GROUP, { location: 'eastus' }));

  test('say what is left, then answer 429 with Retry-After, and fill up again in Azure time', async () => {
    await client.pass(60);
    const first = await write();
    expect(first.headers.get('x-ms-ratelimit-remaining-subscription-writes')).toBe('199');
    expect(first.headers.get('x-ms-ratelimit-remaining-subscription-global-writes')).toBe('2999');
    for (let count = 0; count < 199; count++) await write();
    const refusedOne = await write();
    expect(refusal(refusedOne)).toEqual([429, 'SubscriptionRequestsThrottled']);
    expect(refusedOne.headers.get('retry-after')).toBe('1');
    const read = await client.send('GET', GROUP);
    expect([read.status, read.headers.has('x-ms-ratelimit-remaining-subscription-reads')]).toEqual([200, true]);
    await client.pass(1);
    expect((await write()).headers.get('x-ms-ratelimit-remaining-subscription-writes')).toBe('9');
  });
});

test('every answer has ids, and repeats those of the client', async () => {
  const { headers } = await client.send('GET', SUBSCRIPTION, undefined, { 'x-ms-client-request-id': 'mine' });
  expect(headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('x-ms-correlation-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('x-ms-client-request-id')).toBe('mine');
});
