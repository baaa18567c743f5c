import { service, startCluster, type StartedCluster } from './startedCluster.ts';

const SERVICES = '/api/v1/namespaces/default/services';
let cluster: StartedCluster;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

const create = (body: object, query = '') => cluster.call('POST', `${SERVICES}${query}`, { body });
const patch = (name: string, type: string, body: unknown, query = '') =>
  cluster.call('PATCH', `${SERVICES}/${name}${query}`, { body, headers: { 'content-type': `application/${type}` } });

describe('creating a service', () => {
  test('fills in what the API fills in and allocates a cluster IP and node ports', async () => {
    const { status, body } = await create(service('filled'));
    expect(status).toBe(201);
    expect(body).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: expect.objectContaining({
        name: 'filled',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
        creationTimestamp: '2026-11-22T10:00:00Z',
      }),
      spec: {
        type: 'LoadBalancer',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: expect.any(Number) }],
        selector: { app: 'filled' },
        clusterIP: expect.stringMatching(/^10\.0\./),
        clusterIPs: [body.spec?.clusterIP],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        externalTrafficPolicy: 'Cluster',
        allocateLoadBalancerNodePorts: true,
      },
      status: { loadBalancer: {} },
    });
  });

  test('gives a ClusterIP service no node ports and a headless one no IP', async () => {
    const plain = await create(service('plain', { type: 'ClusterIP' }));
    expect(plain.body.spec?.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
    const headless = await create(service('headless', { type: 'ClusterIP', clusterIP: 'None' }));
    expect(headless.body.spec?.clusterIPs).toEqual(['None']);
  });

  test('never hands out one IP or node port twice', async () => {
    const first = await create(service('first', { ports: [{ port: 80, nodePort: 30100 }], clusterIP: '10.0.1.1' }));
    expect(first.status).toBe(201);
    const second = await create(service('second', { ports: [{ port: 80, nodePort: 30100 }], clusterIP: '10.0.1.1' }));
    expect(second.body.details?.causes).toEqual([
      expect.objectContaining({
        field: 'spec.clusterIPs',
        message: expect.stringContaining('provided IP is already allocated'),
      }),
      expect.objectContaining({
        field: 'spec.ports[0].nodePort',
        message: 'Invalid value: 30100: provided port is already allocated',
      }),
    ]);
  });

  test('makes a name from generateName', async () => {
    const { body } = await create(service('', {}, { name: undefined, generateName: 'web-' }));
    expect(body.metadata?.name).toMatch(/^web-[0-9a-f]{5}$/);
  });

  test('takes YAML', async () => {
    const yaml = 'metadata: {name: from-yaml}\nspec:\n  ports:\n  - port: 443\n';
    const { status } = await cluster.call('POST', SERVICES, {
      body: yaml,
      headers: { 'content-type': 'application/yaml' },
    });
    expect(status).toBe(201);
  });

  test('refuses a name that is taken with 409 AlreadyExists', async () => {
    await create(service('taken'));
    const { status, body } = await create(service('taken'));
    expect(status).toBe(409);
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'AlreadyExists',
      message: 'services "taken" already exists',
      details: { name: 'taken', kind: 'services' },
    });
  });

  test('refuses a namespace that does not exist with 404', async () => {
    const { status, body } = await cluster.call('POST', '/api/v1/namespaces/nosuch/services', { body: service('web') });
    expect(status).toBe(404);
    expect(body.message).toBe('namespaces "nosuch" not found');
  });

  test('stores nothing in a dry run', async () => {
    expect((await create(service('rehearsed'), '?dryRun=All')).status).toBe(201);
    expect((await cluster.call('GET', `${SERVICES}/rehearsed`)).status).toBe(404);
  });

  test('drops unknown fields with a warning, silently or not at all, as fieldValidation says', async () => {
    const warned = await create(service('unknown-a', { colour: 'red' }));
    expect(warned.headers.warning).toBe('299 - "unknown field \\"spec.colour\\""');
    expect(warned.body.spec?.colour).toBeUndefined();
    const silent = await create(service('unknown-b', { colour: 'red' }), '?fieldValidation=Ignore');
    expect(silent.headers.warning).toBeUndefined();
    const strict = await create(service('unknown-c', { colour: 'red' }), '?fieldValidation=Strict');
    expect(strict.status).toBe(400);
    expect(strict.body.message).toContain('strict decoding error: unknown field "spec.colour"');
  });
});

describe('what is refused with 422', () => {
  const cases: readonly (readonly [string, object, string, string])[] = [
    ['no ports', { ports: [] }, 'spec.ports', 'Required value'],
    ['port 0', { ports: [{ port: 0 }] }, 'spec.ports[0].port', 'must be between 1 and 65535, inclusive'],
    ['port 65536', { ports: [{ port: 65536 }] }, 'spec.ports[0].port', 'must be between 1 and 65535, inclusive'],
    ['another type', { type: 'Tunnel' }, 'spec.type', 'Unsupported value: "Tunnel": supported values: "ClusterIP"'],
    [
      'another protocol',
      { ports: [{ port: 80, protocol: 'HTTP' }] },
      'spec.ports[0].protocol',
      'supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'a second port without a name',
      { ports: [{ name: 'a', port: 1 }, { port: 2 }] },
      'spec.ports[1].name',
      'Required',
    ],
    [
      'a port name used twice',
      {
        ports: [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
        ],
      },
      'spec.ports[1].name',
      'Duplicate value: "a"',
    ],
    [
      'a port and protocol used twice',
      {
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 1 },
        ],
      },
      'spec.ports[1]',
      'Duplicate value',
    ],
    ['a node port out of range', { ports: [{ port: 80, nodePort: 80 }] }, 'spec.ports[0].nodePort', '30000-32767'],
    [
      'a node port of a ClusterIP service',
      { type: 'ClusterIP', ports: [{ port: 80, nodePort: 30001 }] },
      'spec.ports[0].nodePort',
      "may not be used when `type` is 'ClusterIP'",
    ],
    [
      'a range that is none',
      { loadBalancerSourceRanges: ['10.0.0.0/8', 'everybody'] },
      'spec.LoadBalancerSourceRanges',
      'must be a list of IP ranges',
    ],
    [
      'ranges without a load balancer',
      { type: 'ClusterIP', loadBalancerSourceRanges: ['10.0.0.0/8'] },
      'spec.LoadBalancerSourceRanges',
      "may only be used when `type` is 'LoadBalancer'",
    ],
    ['an IP outside the service range', { clusterIP: '192.168.0.1' }, 'spec.clusterIPs', 'not in the valid range'],
    ['a headless load balancer', { clusterIP: 'None' }, 'spec.clusterIPs[0]', "may not be set to 'None'"],
    ['IPv6 on an IPv4 cluster', { ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]', 'not configured on this cluster'],
    ['no external name', { type: 'ExternalName', ports: undefined }, 'spec.externalName', 'Required value'],
  ];

  test.each(cases)('%s', async (_what, spec, field, message) => {
    const { status, body } = await create(service('refused', spec));
    expect(status).toBe(422);
    expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid', details: { name: 'refused', kind: 'Service' } });
    expect(body.details?.causes).toContainEqual(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });

  test.each(['Web', 'web_1', '1web', 'web.example', 'w'.repeat(64)])('the name %s', async (name) => {
    const { status, body } = await create(service(name));
    expect(status).toBe(422);
    expect(body.details?.causes).toContainEqual(expect.objectContaining({ field: 'metadata.name' }));
  });

  test('labels and annotations with keys or values that are none', async () => {
    const metadata = { labels: { 'a b': 'x', ok: 'no spaces' }, annotations: { '-x': '' } };
    const { body } = await create(service('labelled', {}, metadata));
    expect(body.details?.causes).toHaveLength(3);
  });
});

test('source ranges are stored as they came: with spaces and host bits', async () => {
  const ranges = ['10.10.10.1/24', ' 1.2.3.4/32 '];
  const { status, body } = await create(service('ranges', { loadBalancerSourceRanges: ranges }));
  expect(status).toBe(201);
  expect(body.spec?.loadBalancerSourceRanges).toEqual(ranges);
});

test('a value of the wrong type is a 400 that names its field', async () => {
  const { status, body } = await create(service('typed', { ports: [{ port: 'eighty' }] }));
  expect(status).toBe(400);
  expect(body.message).toContain(
    'cannot unmarshal string into Go struct field Service.spec.ports[0].port of type int32',
  );
});

describe('changing a service', () => {
  test('a PUT that mentions no allocated values keeps them', async () => {
    const { body: before } = await create(service('put'));
    const { status, body } = await cluster.call('PUT', `${SERVICES}/put`, {
      body: service('put', {
        ports: [{ port: 80 }, { name: 'more', port: 81 }].map((port, i) => ({ name: `p${i}`, ...port })),
      }),
    });
    expect(status).toBe(200);
    expect(body.spec?.clusterIP).toBe(before.spec?.clusterIP);
    expect(body.spec?.ports?.[0]?.nodePort).toBe(before.spec?.ports?.[0]?.nodePort);
    expect(body.metadata?.uid).toBe(before.metadata?.uid);
  });

  test('an outdated resourceVersion is a conflict', async () => {
    const { body: before } = await create(service('raced'));
    await patch('raced', 'merge-patch+json', { metadata: { labels: { a: 'b' } } });
    const { status, body } = await cluster.call('PUT', `${SERVICES}/raced`, { body: before });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      reason: 'Conflict',
      message: expect.stringContaining('the object has been modified'),
    });
  });

  test('a write of what is there already leaves the resourceVersion as it is', async () => {
    await create(service('same'));
    const { body: before } = await cluster.call('GET', `${SERVICES}/same`);
    const { body } = await patch('same', 'merge-patch+json', { spec: { type: 'LoadBalancer' } });
    expect(body.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
  });

  test('the cluster IP may not change', async () => {
    await create(service('fixed'));
    const { status, body } = await patch('fixed', 'merge-patch+json', { spec: { clusterIP: '10.0.7.7' } });
    expect(status).toBe(422);
    expect(body.message).toContain('may not change once set');
  });

  test('status is written through /status alone', async () => {
    await create(service('status'));
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } };
    const main = await patch('status', 'merge-patch+json', { status });
    expect(main.body.status).toEqual({ loadBalancer: {} });
    const sub = await patch('status', 'merge-patch+json', { status, spec: { type: 'ClusterIP' } }, '/status');
    expect(sub.body.status).toEqual(status);
    expect(sub.body.spec?.type).toBe('LoadBalancer');
  });

  test('LoadBalancer to ClusterIP drops what only a load balancer has', async () => {
    await create(service('demoted'));
    const { status, body } = await patch('demoted', 'merge-patch+json', { spec: { type: 'ClusterIP' } });
    expect(status).toBe(200);
    expect(body.spec?.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
    expect(body.spec?.externalTrafficPolicy).toBeUndefined();
    expect(body.spec?.allocateLoadBalancerNodePorts).toBeUndefined();
  });

  test('a strategic merge patch edits ports one by one', async () => {
    const ports = [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ];
    await create(service('strategic', { ports }));
    const { body } = await patch('strategic', 'strategic-merge-patch+json', {
      spec: {
        '$setElementOrder/ports': [{ port: 8080 }, { port: 443 }],
        ports: [
          { port: 443, targetPort: 8443 },
          { port: 80, $patch: 'delete' },
          { name: 'alt', port: 8080 },
        ],
      },
    });
    expect(body.spec?.ports).toEqual([
      expect.objectContaining({ name: 'alt', port: 8080 }),
      expect.objectContaining({ name: 'https', port: 443, targetPort: 8443 }),
    ]);
  });

  test('a JSON patch edits by pointer and is refused when its test fails', async () => {
    await create(service('pointed', {}, { annotations: { 'a/b': 'c' } }));
    const done = await patch('pointed', 'json-patch+json', [
      { op: 'test', path: '/metadata/annotations/a~1b', value: 'c' },
      { op: 'add', path: '/spec/ports/-', value: { name: 'x', port: 81 } },
      { op: 'replace', path: '/spec/ports/0/name', value: 'first' },
    ]);
    expect(done.status).toBe(422); // the first port has no name to replace
    const repaired = await patch('pointed', 'json-patch+json', [
      { op: 'add', path: '/spec/ports/0/name', value: 'first' },
      { op: 'add', path: '/spec/ports/-', value: { name: 'x', port: 81 } },
      { op: 'remove', path: '/metadata/annotations/a~1b' },
    ]);
    expect(repaired.body.spec?.ports).toHaveLength(2);
    expect(repaired.body.metadata?.annotations).toBeUndefined();
  });

  test('a patch of an unknown type is a 415', async () => {
    await create(service('typeless'));
    expect((await patch('typeless', 'json', { spec: {} })).status).toBe(415);
  });
});

describe('deleting a service', () => {
  test('is done at once when nothing holds it', async () => {
    await create(service('gone', { type: 'ClusterIP' }));
    expect((await cluster.call('DELETE', `${SERVICES}/gone`)).status).toBe(200);
    expect((await cluster.call('GET', `${SERVICES}/gone`)).status).toBe(404);
    expect((await cluster.call('DELETE', `${SERVICES}/gone`)).body).toMatchObject({
      reason: 'NotFound',
      message: 'services "gone" not found',
    });
  });

  test('waits for the last finalizer, and takes no new ones meanwhile', async () => {
    await create(service('held', { type: 'ClusterIP' }, { finalizers: ['example.com/a'] }));
    const { body } = await cluster.call('DELETE', `${SERVICES}/held`, { body: { propagationPolicy: 'Background' } });
    expect(body.metadata?.deletionTimestamp).toBe('2026-11-22T10:00:00Z');
    const finalizers = (names: readonly string[]) => ({ metadata: { finalizers: names } });
    const more = await patch('held', 'merge-patch+json', finalizers(['example.com/a', 'example.com/b']));
    expect(more.status).toBe(422);
    expect((await patch('held', 'merge-patch+json', finalizers([]))).status).toBe(200);
    expect((await cluster.call('GET', `${SERVICES}/held`)).status).toBe(404);
  });

  test('is refused when the caller means another object', async () => {
    await create(service('meant', { type: 'ClusterIP' }));
    const { status } = await cluster.call('DELETE', `${SERVICES}/meant`, { body: { preconditions: { uid: 'other' } } });
    expect(status).toBe(409);
  });
});
