import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

interface ProblemBody {
  readonly type: string;
  readonly status: number;
  readonly remedy: string;
  readonly problems?: readonly { readonly path: string; readonly message: string; readonly remedy: string }[];
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

/** Nothing was started and nothing was written: no lane, and no write in local Azure's log. */
async function expectNothingStarted(): Promise<void> {
  const list = await cloud.call('GET', '/environments');
  expect(list.body).toEqual({ environments: [] });
  const { requests } = (await cloud.control('GET', '/requests')) as { requests: { write: boolean; path: string }[] };
  expect(requests.filter(({ write, path }) => write && path.startsWith('/subscriptions'))).toEqual([]);
}

const start = (body: unknown, headers?: Record<string, string>) => cloud.call('POST', '/environments', body, headers);

describe('a bad spec is refused with the field and the remedy, and nothing is started', () => {
  test.each<[string, unknown, string]>([
    ['malformed JSON', '{ "name": ', ''],
    ['no body', '', ''],
    ['an unknown field', { name: 'shop', clutser: {} }, 'clutser'],
    ['a wrong type', { name: 'shop', cluster: { nodeCount: 'three' } }, 'cluster.nodeCount'],
    ['a misaligned CIDR', { name: 'shop', network: { addressSpace: '10.42.0.1/16' } }, 'network.addressSpace'],
    [
      'overlapping subnets',
      { name: 'shop', network: { firewallSubnet: { prefix: '10.42.1.0/26' } } },
      'network.firewallSubnet.prefix',
    ],
    [
      'a firewall subnet smaller than /26',
      { name: 'shop', network: { firewallSubnet: { prefix: '10.42.2.0/27' } } },
      'network.firewallSubnet.prefix',
    ],
    ['a name that Azure refuses', { name: 'Shop_1' }, 'name'],
    ['two clusters of one name', { name: 'shop', clusters: [{ name: 'a' }, { name: 'A' }] }, 'clusters.1.name'],
    [
      'a subscription outside the allowed scopes',
      { name: 'shop', subscription: '11111111-1111-1111-1111-111111111111' },
      'subscription',
    ],
  ])('%s', async (_what, body, path) => {
    const answer = await start(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const { problems = [] } = answer.body as never as ProblemBody;
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.every(({ message, remedy }) => message !== '' && remedy !== '')).toBe(true);
    await expectNothingStarted();
  });

  test('malformed YAML', async () => {
    const answer = await start('name: [shop', { 'content-type': 'application/yaml' });
    expect(answer.status).toBe(400);
    await expectNothingStarted();
  });

  test('every problem at once', async () => {
    const answer = await start({ name: 'Shop!', location: 7, network: { addressSpace: '10.0.0.1/8' }, extra: 1 });
    const { problems = [] } = answer.body as never as ProblemBody;
    expect(problems.map(({ path }) => path).sort()).toEqual(['extra', 'location', 'name', 'network.addressSpace']);
    await expectNothingStarted();
  });

  test('a body over 1 MB', async () => {
    const answer = await start(JSON.stringify({ name: 'shop', filler: 'x'.repeat(1_000_001) }));
    expect(answer.status).toBe(413);
    expect((answer.body as never as ProblemBody).remedy).not.toBe('');
    await expectNothingStarted();
  });
});

describe('what stands in the way in Azure is found before anything is started', () => {
  const foreign = `/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/taken-rg`;

  test('a resource of a wanted name without the tag: 409, and it is never touched', async () => {
    await cloud.control('PUT', `/state${foreign}`, { location: 'eastus', tags: { team: 'billing' } });
    const before = await cloud.control('GET', '/state');
    const answer = await start({ name: 'taken' });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ type: 'urn:gatehouse:problem:foreign-resource' });
    expect(answer.text).toContain(foreign);
    expect(answer.text).toContain('adopt');
    expect(await cloud.control('GET', '/state')).toEqual(before);
    await cloud.control('DELETE', `/state${foreign}`);
    await expectNothingStarted();
  });

  test('an unregistered resource provider', async () => {
    await cloud.control('PUT', '/providers/Microsoft.ContainerService', { registrationState: 'NotRegistered' });
    const answer = await start({ name: 'shop' });
    expect(answer.status).toBe(400);
    const [problem] = (answer.body as never as ProblemBody).problems ?? [];
    expect(problem).toMatchObject({
      path: 'subscription',
      remedy: expect.stringContaining('az provider register --namespace Microsoft.ContainerService'),
    });
    await cloud.control('PUT', '/providers/Microsoft.ContainerService', { registrationState: 'Registered' });
    await expectNothingStarted();
  });

  test('a location that there is none of', async () => {
    const answer = await start({ name: 'shop', location: 'eastuss' });
    expect(answer.status).toBe(400);
    expect((answer.body as never as ProblemBody).problems).toEqual([
      { path: 'location', message: expect.stringContaining('eastuss'), remedy: 'Did you mean "eastus"?' },
    ]);
    await expectNothingStarted();
  });

  test('a VM size that the region does not offer', async () => {
    const answer = await start({ name: 'shop', cluster: { nodeSize: 'Standard_Z99_v9' } });
    expect(answer.status).toBe(400);
    expect((answer.body as never as ProblemBody).problems?.[0]?.path).toBe('cluster.nodeSize');
    await expectNothingStarted();
  });

  test('a Kubernetes version that the region does not offer', async () => {
    const answer = await start({ name: 'shop', cluster: { version: '1.11' } });
    expect(answer.status).toBe(400);
    expect((answer.body as never as ProblemBody).problems?.[0]?.path).toBe('cluster.version');
    await expectNothingStarted();
  });

  test('more vCPUs than the quota leaves', async () => {
    const answer = await start({
      name: 'shop',
      network: { clusterSubnet: { prefix: '10.42.128.0/17' } },
      cluster: { nodeCount: 500 },
    });
    expect(answer.status).toBe(400);
    expect((answer.body as never as ProblemBody).problems?.[0]?.path).toBe('cluster.nodeCount');
    await expectNothingStarted();
  });
});

describe('an unknown environment', () => {
  test.each([
    ['GET', '/environments/nobody'],
    ['DELETE', '/environments/nobody'],
    ['POST', '/environments/nobody/retry'],
    ['POST', '/environments/nobody/plan'],
    ['GET', '/environments/..%2F..%2Fadmin'],
  ])('%s %s is a 404 that says where to look', async (method, path) => {
    const answer = await cloud.call(method, path);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ remedy: expect.stringContaining('GET /api/environments') });
  });
});

test('without a function key nobody gets in, except to the health page', async () => {
  const { status } = await fetch(`${cloud.api}/environments`);
  expect(status).toBe(401);
  const health = await fetch(`${cloud.api}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({
    status: 'ok',
    checks: { settings: { status: 'ok' }, azure: { status: 'ok' }, durable: { status: 'ok' } },
  });
});

test('a plan of a spec shows what would be created, and writes nothing', async () => {
  const plan = await cloud.call('POST', '/plans', { name: 'shop' }, { accept: 'text/plain' });
  expect(plan.status).toBe(200);
  expect(plan.headers.get('content-type')).toContain('text/plain');
  expect(plan.text).toContain('+ Create');
  await expectNothingStarted();
});
