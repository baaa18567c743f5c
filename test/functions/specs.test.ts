import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  await cloud.call('POST', '/environments', { name: 'shop', cluster: { version: '1.33' } });
  await cloud.untilState('shop', 'ready');
});
afterAll(() => cloud.close());

const put = (spec: unknown, query = '', headers?: Record<string, string>) =>
  cloud.call('PUT', `/environments/shop/spec${query}`, spec, headers);
const paths = (body: unknown) => (body as { problems: { path: string }[] }).problems.map(({ path }) => path);

test('an unknown environment has no spec to change', async () => {
  expect((await cloud.call('PUT', '/environments/nobody/spec', { name: 'nobody' })).status).toBe(404);
});

test('a spec is read like that of a start: every problem at once, JSON or YAML', async () => {
  const bad = await put({ name: 'shop', cluster: { nodeCount: 0 }, firewall: { threatIntel: 'Loud' } });
  expect([bad.status, paths(bad.body)]).toEqual([400, ['firewall.threatIntel', 'cluster.nodeCount']]);
  const yaml = await put('name: shop\ncluster: { version: "1.33", nodeCount: 4 }\n', '?preview=true', {
    'content-type': 'application/yaml',
  });
  expect(yaml.body).toMatchObject({ changes: [{ path: 'cluster.nodeCount', before: 3, after: 4 }] });
});

test("another environment's spec is refused", async () => {
  const answer = await put({ name: 'other' });
  expect([answer.status, paths(answer.body)]).toEqual([400, ['name']]);
});

test('everything that can not be changed in place is refused at once, and shown by a preview', async () => {
  const spec = { name: 'shop', location: 'westeurope', cluster: { version: '1.32', nodeSize: 'Standard_D4s_v5' } };
  const answer = await put(spec);
  expect([answer.status, paths(answer.body)]).toEqual([400, ['location', 'cluster.nodeSize', 'cluster.version']]);
  const preview = await put(spec, '?preview=true', { accept: 'text/plain' });
  expect(preview.status).toBe(200);
  expect(preview.text).toContain('! location: "eastus" => "westeurope"\n      Refused: ');
  expect((await put(spec, '?preview=perhaps')).status).toBe(400);
});

test('what the subscription does not offer is refused before anything is changed', async () => {
  const answer = await put({ name: 'shop', cluster: { version: '1.33.99' } });
  expect([answer.status, paths(answer.body)]).toEqual([400, ['cluster.version']]);
});

test('an environment without the rules that AKS needs says so, though nothing has drifted', async () => {
  await put({ name: 'shop', cluster: { version: '1.33' }, egress: { presets: ['article'] } });
  await cloud.untilState('shop', 'provisioning');
  await cloud.untilState('shop', 'ready');
  const { inSync, findings } = (await cloud.call('GET', '/environments/shop/drift')).body as never as {
    inSync: boolean;
    findings: { check: string; what: string; severity: string; reason: string }[];
  };
  expect(inSync).toBe(true);
  expect(findings).toHaveLength(8);
  expect(findings[0]).toMatchObject({ check: 'egressCoverage', severity: 'warning', reason: 'spec' });
  const plan = await cloud.call('POST', '/environments/shop/plan', undefined, { accept: 'text/plain' });
  expect(plan.text).toContain('No rule lets the nodes reach what AKS needs: *.hcp.eastus.azmk8s.io');
});

test('an environment that is being deleted takes no other spec, and one that is gone has none', async () => {
  await cloud.call('DELETE', '/environments/shop');
  await cloud.untilState('shop', 'deleting');
  const answer = await put({ name: 'shop', cluster: { version: '1.33', nodeCount: 5 } });
  expect(answer.status).toBe(409);
  expect(answer.body).toMatchObject({ type: 'urn:gatehouse:problem:being-deleted', remedy: expect.any(String) });
  await cloud.untilState('shop', 'deleted');
  expect((await put({ name: 'shop' })).status).toBe(410);
});
