import fc from 'fast-check';
import { parseService, type LoadBalancerService } from '../../../shared/model/service.ts';

function parsed(changes: { metadata?: object; spec?: object; status?: unknown } = {}): LoadBalancerService {
  const service = parseService(
    {
      metadata: { namespace: 'shop', name: 'web', ...changes.metadata },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...changes.spec },
      status: changes.status ?? {},
    },
    'aks-egress',
  );
  if (service === undefined) throw new Error('not a service');
  return service;
}

const annotated = (annotations: object, spec: object = {}) => parsed({ metadata: { annotations }, spec });
const withIngress = (...ingress: readonly unknown[]) => parsed({ status: { loadBalancer: { ingress } } });

test('a service as the API server answers it', () => {
  const service = parseService(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        namespace: 'shop',
        name: 'store-front',
        uid: 'b4c7',
        creationTimestamp: '2026-01-02T03:04:05Z',
        annotations: { 'gatehouse.dev/expose': 'true' },
      },
      spec: { type: 'LoadBalancer', clusterIP: '10.0.3.4', ports: [{ port: 80, nodePort: 31380, targetPort: 8080 }] },
      status: { loadBalancer: { ingress: [{ ip: '20.81.1.1', ipMode: 'VIP' }] } },
    },
    'aks-egress',
  );
  expect(service).toEqual({
    cluster: 'aks-egress',
    namespace: 'shop',
    name: 'store-front',
    key: 'shop/store-front/aks-egress',
    uid: 'b4c7',
    createdAt: '2026-01-02T03:04:05Z',
    createdAtSeconds: Date.parse('2026-01-02T03:04:05Z') / 1000,
    deleting: false,
    isLoadBalancer: true,
    ports: [{ port: 80, protocol: 'TCP', noLoadBalancerRule: false, ruleName: 'aks-egress.shop.store-front.80.tcp' }],
    ingressIps: ['20.81.1.1'],
    address: {
      ip: '20.81.1.1',
      range: expect.objectContaining({ cidr: '20.81.1.1/32' }),
      isPrivate: false,
      block: 0x145101,
    },
    hasIpv6Only: false,
    sourceRanges: { state: 'none' },
    annotations: { expose: { state: 'asked' }, ports: { state: 'all' }, sources: { state: 'none' } },
  });
});

const metadata = { namespace: 'a', name: 'b' };
test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'Service'],
  ['no metadata', { spec: {} }],
  ['no spec', { metadata: { namespace: 'a', name: 'b' } }],
  ['no namespace', { metadata: { name: 'b' }, spec: {} }],
  ['a name that Kubernetes takes none of', { metadata: { namespace: 'a', name: 'b.c' }, spec: {} }],
  // Read as absent, these would open a port to everybody, or take a rule away.
  ['ranges that are no list', { metadata, spec: { loadBalancerSourceRanges: '198.51.100.0/24' } }],
  ['a range that is no text', { metadata, spec: { loadBalancerSourceRanges: [null] } }],
  [
    'an annotation that is no text',
    { metadata: { ...metadata, annotations: { 'gatehouse.dev/expose': false } }, spec: {} },
  ],
  ['annotations that are none', { metadata: { ...metadata, annotations: ['gatehouse.dev/expose'] }, spec: {} }],
  ['a deletion without a time', { metadata: { ...metadata, deletionTimestamp: true }, spec: {} }],
  ['a type that is none', { metadata, spec: { type: ['LoadBalancer'] } }],
  ['a class that is none', { metadata, spec: { loadBalancerClass: {} } }],
  ['ports that are no list', { metadata, spec: { ports: { port: 80 } } }],
  ['a port that is a text', { metadata, spec: { ports: [{ port: '80' }] } }],
  ['a port that is out of range', { metadata, spec: { ports: [{ port: 0 }] } }],
  ['an address that is none', { metadata, spec: {}, status: { loadBalancer: { ingress: [{ ip: 1 }] } } }],
])('%s is no service', (_what, raw) => {
  expect(parseService(raw, 'aks-egress')).toBeUndefined();
});

test('any JSON is a service or none, and nothing ever throws', () => {
  const anything = fc.jsonValue();
  const almost = fc.record({
    metadata: fc.record({ namespace: fc.constant('a'), name: fc.constant('b'), annotations: anything }),
    spec: fc.oneof(anything, fc.record({ type: anything, ports: anything, loadBalancerSourceRanges: anything })),
    status: fc.oneof(anything, fc.record({ loadBalancer: fc.record({ ingress: anything }) })),
  });
  fc.assert(
    fc.property(fc.oneof(anything, almost), (raw) => {
      expect(() => parseService(raw, 'aks-egress')).not.toThrow();
    }),
    { numRuns: 500 },
  );
});

describe('addresses', () => {
  test('the first IPv4 counts, whatever stands before it', () => {
    const service = withIngress({}, { ip: '' }, { hostname: 'x.io' }, { ip: '2001:db8::1' }, { ip: '10.42.1.9' });
    expect(service).toMatchObject({ ingressIps: ['10.42.1.9', '2001:db8::1'], hasIpv6Only: false });
    expect(service.address).toMatchObject({ ip: '10.42.1.9', isPrivate: true });
  });

  test('only IPv6, and none', () => {
    expect(withIngress({ ip: '2001:db8::1' })).toMatchObject({ hasIpv6Only: true });
    expect(withIngress({}, { ip: '' }, { ip: '1.2.3' })).toMatchObject({ ingressIps: [], hasIpv6Only: false });
  });
});

test('the type alone decides, though the status still holds an address', () => {
  const service = parsed({ spec: { type: 'ClusterIP' }, status: { loadBalancer: { ingress: [{ ip: '20.1.1.1' }] } } });
  expect(service.isLoadBalancer).toBe(false);
});

test('what is null is absent, as Go writes empty lists', () => {
  const nothing = { ports: null, loadBalancerSourceRanges: null, type: null, loadBalancerClass: null };
  const raw = { metadata: { ...metadata, annotations: null, deletionTimestamp: null }, spec: nothing, status: null };
  expect(parseService(raw, 'aks-egress')).toMatchObject({ ports: [], deleting: false, ingressIps: [] });
});

test('a port without rule', () => {
  const service = annotated(
    { 'service.beta.kubernetes.io/port_80_no_lb_rule': 'TRUE' },
    { ports: [{ port: 80 }, { port: 443, name: 'https' }] },
  );
  expect(service.ports).toMatchObject([
    { port: 80, noLoadBalancerRule: true },
    { port: 443, name: 'https', noLoadBalancerRule: false },
  ]);
});

describe('what the load balancer is told of its clients', () => {
  const ranges = 'service.beta.kubernetes.io/azure-allowed-ip-ranges';
  const old = 'service.beta.kubernetes.io/load-balancer-source-ranges';
  const tags = 'service.beta.kubernetes.io/azure-allowed-service-tags';
  const spec = (...loadBalancerSourceRanges: readonly string[]) => ({ loadBalancerSourceRanges });

  test('the field, trimmed, sorted and without what is covered', () => {
    expect(annotated({}, spec(' 203.0.113.9/32 ', '198.51.100.0/24', '203.0.113.0/24')).sourceRanges).toMatchObject({
      state: 'valid',
      texts: ['198.51.100.0/24', '203.0.113.0/24'],
    });
  });

  test.each([ranges, old])('the annotation %s', (name) => {
    expect(annotated({ [name]: '203.0.113.0/24, 198.51.100.7' }).sourceRanges).toMatchObject({
      state: 'valid',
      from: name,
      texts: ['198.51.100.7/32', '203.0.113.0/24'],
    });
  });

  test('everybody', () => {
    expect(annotated({}, spec('0.0.0.0/0', '10.0.0.0/8')).sourceRanges).toMatchObject({ texts: ['*'] });
  });

  test('IPv6 ranges are of no use, and no fault', () => {
    expect(annotated({}, spec('2001:db8::/32', '203.0.113.0/24')).sourceRanges).toMatchObject({
      state: 'valid',
      texts: ['203.0.113.0/24'],
    });
  });

  test.each<[string, object, object, string]>([
    ['a misaligned range', {}, spec('10.10.10.1/24'), '10.10.10.0/24'],
    ['no range', {}, spec('office'), 'office'],
    ['nothing in the list', {}, spec(''), 'empty'],
    ['field and annotation together', { [ranges]: '203.0.113.0/24' }, spec('198.51.100.0/24'), 'together'],
    ['service tags', { [tags]: 'AzureFrontDoor.Backend' }, {}, 'service tags'],
  ])('%s spoils the list', (_what, annotations, fields, reason) => {
    expect(annotated(annotations, fields).sourceRanges).toMatchObject({
      state: 'invalid',
      reason: expect.stringContaining(reason),
    });
  });

  test('an empty annotation says nothing', () => {
    expect(annotated({ [ranges]: ' ' }).sourceRanges).toEqual({ state: 'none' });
  });
});

describe('annotations', () => {
  test.each([
    ['true', 'asked'],
    [' True ', 'asked'],
    ['false', 'refused'],
    ['yes', 'invalid'],
    ['', 'invalid'],
  ])('expose: %j', (text, state) => {
    expect(annotated({ 'gatehouse.dev/expose': text }).annotations.expose).toMatchObject({ state });
  });

  test.each([
    ['8443:https,80:80', 'mapped'],
    [' 8443:https , 80:80 ', 'mapped'],
    ['', 'invalid'],
    ['https', 'invalid'],
    ['0:80', 'invalid'],
    ['64000:80', 'invalid'],
    ['80:80,81:80', 'invalid'],
    ['80:80,', 'invalid'],
  ])('ports: %j', (text, state) => {
    expect(annotated({ 'gatehouse.dev/ports': text }).annotations.ports).toMatchObject({ state });
  });

  test.each([
    ['*', ['*']],
    ['203.0.113.9, 198.51.100.0/24', ['198.51.100.0/24', '203.0.113.9/32']],
  ])('sources: %j', (text, texts) => {
    expect(annotated({ 'gatehouse.dev/sources': text }).annotations.sources).toMatchObject({ state: 'valid', texts });
  });
});
