import { routes } from '../../functions/routes.ts';
import { sufficientRoles, type Role } from '../../functions/http/roles.ts';
import { readAuditLines } from '../../shared/audit/read.ts';
import { verifyChains } from '../../shared/audit/verify.ts';
import { startTestCloud, type Answer, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
const lines: string[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({
    signIn: { unauthenticated: 'AllowAnonymous', excludedPaths: ['/api/health', '/runtime/webhooks/eventgrid'] },
    onLog: (_level, _source, message) => lines.push(message),
  });
});
afterAll(() => cloud.close());

const token = (roles: readonly string[], lifetimeSeconds?: number): string =>
  cloud.signIn?.issue({ oid: `oid-${roles.join('-')}`, name: 'alice@example.com', roles }, lifetimeSeconds) ?? '';

const callAs = (
  roles: readonly string[],
  method: string,
  path: string,
  body?: unknown,
  headers = {},
): Promise<Answer> =>
  cloud.call(method, path, body, { 'x-functions-key': '', authorization: `Bearer ${token(roles)}`, ...headers });

const problemOf = ({ body }: Answer): string => String(body?.['type']).replace('urn:gatehouse:problem:', '');

const pathOf = (path: string): string => `/${path.replaceAll(/\{\w+\}/g, 'nosuch')}`;
const guardedRoutes = routes.filter(({ access }) => access !== 'open');

test.each(guardedRoutes)('$method $path is open to those who have its role, and to nobody else', async (route) => {
  const wanted = route.access as Role;
  const may = sufficientRoles(wanted);
  for (const role of ['Reader', 'Operator', 'Approver', 'Owner'] as const) {
    const answer = await callAs([role], route.method, pathOf(route.path));
    expect([role, problemOf(answer) === 'role-missing']).toEqual([role, !may.includes(role)]);
    if (may.includes(role)) continue;
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({
      detail: expect.stringContaining(wanted),
      remedy: expect.stringContaining(wanted),
    });
  }
});

test('the matrix: readers look, operators work, approvers approve, owners end', () => {
  const byRole = Map.groupBy(guardedRoutes, ({ access }) => access);
  const names = (role: Role) => byRole.get(role)?.map(({ name }) => name);
  expect(names('Owner')).toEqual(['deleteEnvironment', 'releaseEnvironment']);
  expect(names('Approver')).toEqual(['approveEnvironment']);
  expect(names('Operator')).toEqual([
    'startEnvironment',
    'updateSpec',
    'retryEnvironment',
    'syncEnvironment',
    'grantAccess',
    'revokeAccess',
  ]);
  const written = guardedRoutes.filter(({ access, method }) => access === 'Reader' && method !== 'GET');
  expect(written.map(({ name }) => name)).toEqual(['planSpec', 'planEnvironment']);
});

test('who has not signed in is told how to; health is open', async () => {
  const answer = await cloud.call('GET', '/environments');
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(answer.body).toMatchObject({ status: 401, remedy: expect.stringContaining('az account get-access-token') });
  expect((await cloud.call('GET', '/health')).status).toBe(200);
});

test('a role that is none of ours, or none at all, opens nothing', async () => {
  for (const roles of [[], ['reader'], ['Admin', 'Global Administrator']])
    expect((await callAs(roles, 'GET', '/environments')).status).toBe(403);
});

test('a forged principal, a forged token and one that has expired are nobody', async () => {
  const principal = {
    auth_typ: 'aad',
    claims: [
      { typ: 'oid', val: 'me' },
      { typ: 'roles', val: 'Owner' },
    ],
  };
  const forged = { 'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64') };
  expect((await cloud.call('GET', '/environments', undefined, forged)).status).toBe(401);
  // What the client says of itself yields to what the token says.
  expect(problemOf(await callAs(['Reader'], 'DELETE', '/environments/x', undefined, forged))).toBe('role-missing');
  const [head, , signature] = token(['Reader']).split('.');
  const other = Buffer.from(JSON.stringify({ aud: 'api://gatehouse-local', oid: 'x', roles: ['Owner'], exp: 9e9 }));
  const changed = `${head}.${other.toString('base64url')}.${signature}`;
  for (const bad of [changed, token(['Owner'], -10), 'x.y.z'])
    expect((await cloud.call('GET', '/environments', undefined, { authorization: `Bearer ${bad}` })).status).toBe(401);
});

test('without App Service authentication in front, nothing is served to whoever claims to be somebody', async () => {
  const set = process.env['WEBSITE_AUTH_ENABLED'];
  delete process.env['WEBSITE_AUTH_ENABLED'];
  const answer = await callAs(['Owner'], 'GET', '/environments');
  process.env['WEBSITE_AUTH_ENABLED'] = set;
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ remedy: expect.stringContaining('Switch App Service authentication on') });
});

test("another site's page changes nothing by a browser's remembered sign-in", async () => {
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
  ];
  for (const headers of foreign)
    expect(problemOf(await callAs(['Owner'], 'POST', '/environments/x/sync', undefined, headers))).toBe('cross-site');
  for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: cloud.host.origin }, {}])
    expect(problemOf(await callAs(['Owner'], 'POST', '/environments/x/sync', undefined, headers))).toBe(
      'environment-not-found',
    );
});

test("Durable's management endpoints are closed to those who have signed in: they ask for their own key", async () => {
  const url = `${cloud.host.origin}/runtime/webhooks/durabletask/instances`;
  const { function: functionKey, durable } = cloud.host.keys;
  const status = async (headers: Record<string, string>) => (await fetch(url, { headers })).status;
  const authorization = `Bearer ${token(['Owner'])}`;
  expect(await status({ authorization })).toBe(401);
  expect(await status({ authorization, 'x-functions-key': functionKey })).toBe(401);
  expect(await status({ authorization, 'x-functions-key': durable })).toBe(200);
});

test('an environment is run by its roles, and each act is on record with who did it', async () => {
  lines.length = 0;
  expect((await callAs(['Reader'], 'POST', '/environments', { name: 'shop' })).status).toBe(403);
  const started = await callAs(['Operator'], 'POST', '/environments', { name: 'shop' });
  expect(started.status).toBe(202);
  await cloud.untilState('shop', 'ready', 'failed');
  expect((await callAs(['Reader'], 'GET', '/environments/shop')).body).toMatchObject({ state: 'ready' });
  await callAs(['Operator'], 'PUT', '/environments/shop/grants/bob', { cidr: '198.51.100.8/32' });
  await callAs(['Operator'], 'DELETE', '/environments/shop');
  const deleted = await callAs(['Owner'], 'DELETE', '/environments/shop?force=true');
  await cloud.untilState('shop', 'deleted', 'failed');

  const { records, unreadable } = readAuditLines(lines.join('\n'));
  expect(unreadable).toEqual([]);
  const ofPeople = records.flatMap(({ actor, ...act }) => (actor.kind === 'principal' ? [{ actor, ...act }] : []));
  expect(
    ofPeople.map(({ actor, act, environment, detail, outcome }) => [actor.id, act, environment, detail, outcome]),
  ).toEqual([
    ['oid-Reader', 'startEnvironment', undefined, undefined, 'role-missing'],
    ['oid-Operator', 'startEnvironment', 'shop', undefined, 'accepted'],
    ['oid-Operator', 'grantAccess', 'shop', 'label bob', 'accepted'],
    ['oid-Operator', 'deleteEnvironment', 'shop', undefined, 'role-missing'],
    ['oid-Owner', 'deleteEnvironment', 'shop', 'force=true', 'accepted'],
  ]);
  expect(ofPeople[1]?.actor).toMatchObject({ name: 'alice@example.com', roles: ['Operator'] });
  const written = records.filter(({ actor }) => actor.kind === 'lane').map(({ act, outcome }) => `${act} ${outcome}`);
  expect(written).toEqual(
    expect.arrayContaining(['provision.firewall wrote', 'provision.cluster wrote', 'teardown.firewall wrote']),
  );

  const receipts = [started, deleted].map(({ headers }) => headers.get('x-gatehouse-audit') ?? '');
  expect(verifyChains(records, receipts).flatMap(({ faults }) => faults.filter(({ kind }) => kind !== 'cut'))).toEqual(
    [],
  );
  expect(
    verifyChains(
      records.slice(0, -1).filter(({ hash }) => !receipts[1]?.endsWith(hash)),
      receipts,
    )[0]?.faults,
  ).toEqual(
    expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('A receipt proves') })]),
  );
});
