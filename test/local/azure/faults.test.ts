import { at, type JsonObject } from '../../../local/azure/json.ts';
import { aFirewall, buildFirewall, GROUP, NETWORK, refusal, startClient, type Client } from './client.ts';

const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const TABLE = `${NETWORK}/routeTables/t`;
const aTable = { location: 'eastus' };

let client: Client;
beforeEach(async () => {
  client = await startClient();
  await client.apply('PUT', GROUP, { location: 'eastus' });
});
afterEach(() => client.close());

const rule = (...rules: JsonObject[]) => client.send('PUT', '/_local/faults', { rules });
const state = async (id: string) => at(await client.get(id), 'properties', 'provisioningState');

describe('a request that a rule strikes', () => {
  test.each([
    ['throttled', { retryAfterSeconds: 17 }, 429, 'SubscriptionRequestsThrottled', '17'],
    ['throttled', {}, 429, 'SubscriptionRequestsThrottled', null],
    ['busy', {}, 409, 'AnotherOperationInProgress', null],
    ['outdated', {}, 412, 'PreconditionFailed', null],
    ['unavailable', { status: 500 }, 500, 'InternalServerError', null],
    ['unavailable', { status: 502 }, 502, 'BadGatewayConnection', null],
    ['unavailable', { status: 503, retryAfterSeconds: 5 }, 503, 'ServerTimeout', '5'],
    ['unauthenticated', {}, 401, 'ExpiredAuthenticationToken', null],
    ['forbidden', {}, 403, 'AuthorizationFailed', null],
    ['quotaExceeded', {}, 400, 'QuotaExceeded', null],
  ])('%s %j is answered %i %s, and nothing is written', async (fault, more, status, code, retryAfter) => {
    await rule({ fault, method: 'PUT', path: '*/routeTables/*', ...more });
    const reply = await client.send('PUT', TABLE, aTable);
    expect(refusal(reply)).toEqual([status, code]);
    expect(reply.headers.get('retry-after')).toBe(retryAfter);
    await rule();
    expect((await client.send('GET', TABLE)).status).toBe(404);
  });

  test('names the action and the scope that a role would have to grant', async () => {
    await rule({ fault: 'forbidden', method: 'PUT' });
    const reply = await client.send('PUT', TABLE, aTable);
    expect(at(reply.body, 'error', 'message')).toContain(
      `perform action 'Microsoft.Network/routeTables/write' over scope '${TABLE}'`,
    );
  });

  test('that is not accepted loses its connection with nothing done, one that was accepted with all of it done', async () => {
    await rule({ fault: 'resetBefore', method: 'PUT', path: TABLE, times: 1 });
    await expect(client.send('PUT', TABLE, aTable)).rejects.toThrow();
    expect((await client.send('GET', TABLE)).status).toBe(404);
    await rule({ fault: 'resetAfter', method: 'PUT', path: TABLE, times: 1 });
    await expect(client.send('PUT', TABLE, aTable)).rejects.toThrow();
    expect(await state(TABLE)).toBe('Updating');
  });

  test('is answered later, in Azure time', async () => {
    await rule({ fault: 'slow', seconds: 40, path: TABLE });
    const before = client.clock.now();
    await client.send('GET', TABLE);
    expect(client.clock.now() - before).toBe(40_000);
  });

  test('is answered what it was answered before', async () => {
    await client.apply('PUT', TABLE, aTable);
    await rule({ fault: 'stale', path: TABLE });
    const first = await client.get(TABLE);
    await client.apply('PUT', TABLE, { ...aTable, tags: { a: 'b' } });
    expect(await client.get(TABLE)).toEqual(first);
    await rule();
    expect(at(await client.get(TABLE), 'tags')).toEqual({ a: 'b' });
  });

  test('gets no token', async () => {
    await rule({ fault: 'unauthenticated', path: '/msi/token' });
    const { endpoint, header } = client.azure.identity;
    const query = '?api-version=2019-08-01&resource=https://management.azure.com';
    expect((await fetch(`${endpoint}${query}`, { headers: { 'x-identity-header': header } })).status).toBe(400);
    expect((await client.send('GET', GROUP)).status).toBe(200);
  });

  test('is counted with the others that fitted', async () => {
    await rule({ fault: 'busy', path: TABLE, after: 1, times: 2 });
    const statuses: number[] = [];
    for (let index = 0; index < 5; index++) statuses.push((await client.send('GET', TABLE)).status);
    expect(statuses).toEqual([404, 409, 409, 404, 404]);
    expect((await client.send('GET', '/_local/faults')).body).toMatchObject({ rules: [{ fitted: 5, struck: 2 }] });
    const { body } = await client.send('GET', '/_local/requests');
    expect((body as { requests: { fault?: string }[] }).requests.filter(({ fault }) => fault === 'busy')).toHaveLength(
      2,
    );
  });

  test('is drawn by the seed, the same in every run', async () => {
    const draw = async (seed: number) => {
      await rule({ fault: 'busy', path: TABLE, probability: 0.5, seed });
      const statuses: number[] = [];
      for (let index = 0; index < 12; index++) statuses.push((await client.send('GET', TABLE)).status);
      return statuses.join();
    };
    const first = await draw(1);
    expect(await draw(1)).toBe(first);
    expect(await draw(2)).not.toBe(first);
    expect(first).toContain('409');
    expect(first).toContain('404');
  });
});

describe('an operation', () => {
  test('that fails says so, leaves what worked at work, and is done anew by the same PUT', async () => {
    const built = await buildFirewall(client);
    const changed = aFirewall({ threatIntelMode: 'Deny' });
    await rule({
      fault: 'operationFails',
      method: 'PUT',
      path: FIREWALL,
      times: 1,
      code: 'Broken',
      message: 'It broke.',
    });
    const accepted = await client.send('PUT', FIREWALL, changed);
    expect(accepted.status).toBe(200);
    expect((await client.finish(accepted)).status).toBe('Failed');
    const url = accepted.headers.get('azure-asyncoperation') ?? '';
    expect((await client.send('GET', url)).body).toEqual({
      status: 'Failed',
      error: { code: 'Broken', message: 'It broke.' },
    });
    expect(await state(FIREWALL)).toBe('Failed');
    expect(at(built, 'properties', 'threatIntelMode')).not.toBe('Deny');
    await client.apply('PUT', FIREWALL, changed);
    expect(await state(FIREWALL)).toBe('Succeeded');
  });

  test('can be canceled, a deletion too; then the resource stays', async () => {
    await client.apply('PUT', TABLE, aTable);
    await rule({ fault: 'operationFails', method: 'DELETE', path: TABLE, times: 1, status: 'Canceled' });
    const accepted = await client.send('DELETE', TABLE);
    expect((await client.finish(accepted)).status).toBe('Canceled');
    expect(await state(TABLE)).toBe('Canceled');
    await client.apply('DELETE', TABLE);
    expect((await client.send('GET', TABLE)).status).toBe(404);
  });

  test('that stalls keeps the resource busy for as long as it was told', async () => {
    await rule({ fault: 'operationStalls', seconds: 7200, method: 'PUT', path: TABLE, times: 1 });
    const accepted = await client.send('PUT', TABLE, aTable);
    await client.pass(7100);
    expect(refusal(await client.send('PUT', TABLE, { ...aTable, tags: {} }))[0]).toBe(429);
    expect((await client.finish(accepted)).status).toBe('Succeeded');
  });

  test('is met by rules for polls alone, by the id of its resource', async () => {
    await rule({ fault: 'unavailable', status: 502, method: 'POLL', path: TABLE, times: 1 });
    const accepted = await client.send('PUT', TABLE, aTable);
    expect(await state(TABLE)).toBe('Updating');
    const url = accepted.headers.get('azure-asyncoperation') ?? '';
    expect((await client.send('GET', url)).status).toBe(502);
    expect((await client.send('GET', url)).status).toBe(200);
  });
});

describe('a rule that is wrong', () => {
  test.each([
    [{ fault: 'nonsense' }, 'rules[0].fault must be one of throttled'],
    [{ fault: 'busy', seconds: 3 }, 'rules[0].seconds is unknown for busy'],
    [{ fault: 'slow', seconds: -1 }, 'rules[0].seconds must be more than 0'],
    [{ fault: 'busy', method: 'FETCH' }, 'rules[0].method must be one of'],
    [{ fault: 'busy', times: 0 }, 'rules[0].times must be a whole number'],
    [{ fault: 'busy', probability: 2 }, 'rules[0].probability must be'],
    [{ fault: 'unavailable', status: 404 }, 'rules[0].status must be 500'],
    [{ fault: 'operationFails', status: 'Lost' }, 'rules[0].status must be Failed or Canceled'],
  ])('%j is refused with a word about it, and the rules stay as they are', async (wrong, reason) => {
    await rule({ fault: 'busy', path: TABLE });
    const reply = await rule(wrong);
    expect(refusal(reply)[0]).toBe(400);
    expect(at(reply.body, 'error', 'message')).toContain(reason);
    expect((await client.send('GET', TABLE)).status).toBe(409);
  });
});
