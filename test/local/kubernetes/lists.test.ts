import { service, startCluster, text, type Shown, type StartedCluster } from './startedCluster.ts';

const ALL = '/api/v1/services';
let cluster: StartedCluster;

beforeEach(async () => {
  cluster = await startCluster();
  for (const namespace of ['shop', 'bank']) {
    await cluster.call('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
  }
  for (const [namespace, name, tier] of [
    ['shop', 'web', 'front'],
    ['shop', 'web-api', 'back'],
    ['bank', 'web', 'front'],
    ['default', 'plain', undefined],
  ] as const) {
    await cluster.call('POST', `/api/v1/namespaces/${namespace}/services`, {
      body: service(name, { type: 'ClusterIP' }, { labels: tier === undefined ? undefined : { tier } }),
    });
  }
});
afterEach(() => cluster.close());

const namesOf = (body: Shown) =>
  (body.items as unknown as readonly Shown[]).map(
    ({ metadata }) => `${text(metadata?.namespace)}/${text(metadata?.name)}`,
  );
const list = async (query: string) => (await cluster.call('GET', `${ALL}?${query}`)).body;
const create = (name: string) =>
  cluster.call('POST', '/api/v1/namespaces/default/services', { body: service(name, { type: 'ClusterIP' }) });

describe('a list', () => {
  test('holds all namespaces in order, its items without kind and apiVersion', async () => {
    const body = await list('');
    expect(body).toMatchObject({ kind: 'ServiceList', apiVersion: 'v1' });
    expect(namesOf(body)).toEqual(['bank/web', 'default/kubernetes', 'default/plain', 'shop/web', 'shop/web-api']);
    expect(body.items?.[0]).not.toHaveProperty('kind');
  });

  test.each([
    ['fieldSelector=metadata.name=web', ['bank/web', 'shop/web']],
    ['fieldSelector=metadata.name=web,metadata.namespace!=shop', ['bank/web']],
    ['labelSelector=tier', ['bank/web', 'shop/web', 'shop/web-api']],
    ['labelSelector=tier=back', ['shop/web-api']],
    ['labelSelector=tier!=front', ['default/kubernetes', 'default/plain', 'shop/web-api']],
    ['labelSelector=tier in (front,back),!component', ['bank/web', 'shop/web', 'shop/web-api']],
    ['labelSelector=tier notin (front)', ['default/kubernetes', 'default/plain', 'shop/web-api']],
  ])('is narrowed by %s', async (query, names) => {
    expect(namesOf(await list(encodeURI(query)))).toEqual(names);
  });

  test.each(['fieldSelector=spec.type=LoadBalancer', 'labelSelector=a=b=c', 'limit=many', 'continue=nonsense'])(
    'is refused with 400 for %s',
    async (query) => {
      expect(await list(query)).toMatchObject({ code: 400, reason: 'BadRequest' });
    },
  );

  test('of a namespace that does not exist is empty, as from the real server', async () => {
    const { body } = await cluster.call('GET', '/api/v1/namespaces/nosuch/services');
    expect(body.items).toEqual([]);
  });
});

describe('paging', () => {
  test('goes on where the last page ended and says how many remain', async () => {
    const first = await list('limit=2');
    expect(namesOf(first)).toEqual(['bank/web', 'default/kubernetes']);
    expect(first.metadata?.remainingItemCount).toBe(3);
    const second = await list(`limit=2&continue=${text(first.metadata?.continue)}`);
    expect(namesOf(second)).toEqual(['default/plain', 'shop/web']);
    const third = await list(`limit=2&continue=${text(second.metadata?.continue)}`);
    expect(namesOf(third)).toEqual(['shop/web-api']);
    expect(third.metadata).toEqual({ resourceVersion: first.metadata?.resourceVersion });
  });

  test('shows the state of the first page whatever happens meanwhile', async () => {
    const first = await list('limit=2');
    await create('late');
    await cluster.call('DELETE', '/api/v1/namespaces/shop/services/web');
    const rest = await list(`continue=${text(first.metadata?.continue)}`);
    expect(namesOf(rest)).toEqual(['default/plain', 'shop/web', 'shop/web-api']);
  });

  test('answers 410 when that state is forgotten, with a token to go on in the present one', async () => {
    const first = await list('limit=2');
    await create('late');
    cluster.kubernetes.compact();
    const gone = await list(`limit=2&continue=${text(first.metadata?.continue)}`);
    expect(gone).toMatchObject({ code: 410, reason: 'Expired' });
    const rest = await list(`continue=${text(gone.metadata?.continue)}`);
    expect(namesOf(rest)).toEqual(['default/late', 'default/plain', 'shop/web', 'shop/web-api']);
  });
});

describe('a resourceVersion', () => {
  test('that is past is shown when asked for exactly, and 410 once forgotten', async () => {
    const before = text((await list('')).metadata?.resourceVersion);
    await create('late');
    const exact = `resourceVersion=${before}&resourceVersionMatch=Exact`;
    expect(namesOf(await list(exact))).not.toContain('default/late');
    cluster.kubernetes.compact();
    expect(await list(exact)).toMatchObject({ code: 410, reason: 'Expired' });
  });

  test('that is yet to come is a 504 worth repeating', async () => {
    const { status, body, headers } = await cluster.call('GET', `${ALL}?resourceVersion=999999`);
    expect(status).toBe(504);
    expect(body.message).toContain('Too large resource version');
    expect(headers['retry-after']).toBe('1');
  });
});

describe('a Table', () => {
  const headers = {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io',
  };

  test('has the columns of kubectl and rows that carry metadata', async () => {
    await cluster.pass(330);
    const { body } = await cluster.call('GET', '/api/v1/namespaces/shop/services?limit=1', { headers });
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect((body.columnDefinitions as unknown as readonly Shown[]).map(({ name }) => name)).toEqual([
      'Name',
      'Type',
      'Cluster-IP',
      'External-IP',
      'Port(s)',
      'Age',
      'Selector',
    ]);
    expect(body.rows).toEqual([
      {
        cells: ['web', 'ClusterIP', expect.stringMatching(/^10\.0\./), '<none>', '80/TCP', '5m30s', 'app=web'],
        object: expect.objectContaining({ kind: 'PartialObjectMetadata' }),
      },
    ]);
    expect(body.metadata?.continue).toEqual(expect.any(String));
  });

  test('shows a load balancer as pending, then with its IP and node ports', async () => {
    await cluster.call('POST', '/api/v1/namespaces/shop/services', { body: service('lb') });
    const path = '/api/v1/namespaces/shop/services/lb?includeObject=None';
    const cells = async () => (await cluster.call('GET', path, { headers })).body.rows?.[0]?.cells;
    expect((await cells())?.[3]).toBe('<pending>');
    await cluster.pass(30);
    expect((await cells())?.[3]).toBe('20.0.0.1');
    expect((await cells())?.[4]).toMatch(/^80:3\d{4}\/TCP$/);
  });
});

test('a form that this server does not have is a 406', async () => {
  const { status } = await cluster.call('GET', ALL, { headers: { accept: 'text/html' } });
  expect(status).toBe(406);
});

test('protobuf with JSON as second choice gets JSON', async () => {
  const accept = 'application/vnd.kubernetes.protobuf,application/json';
  expect((await cluster.call('GET', ALL, { headers: { accept } })).body.kind).toBe('ServiceList');
});

test('deleting a collection takes what the selector names', async () => {
  const path = '/api/v1/namespaces/shop/services';
  await cluster.call('DELETE', `${path}?labelSelector=tier=back`);
  expect(namesOf((await cluster.call('GET', path)).body)).toEqual(['shop/web']);
});
