import { parseServiceProjection, serviceProjectionCommand } from '../../../shared/kubernetes/serviceProjection.ts';
import { parseService } from '../../../shared/model/service.ts';

/** What kubectl 1.32 printed for the command's jsonpath, character by character, with the sentinel behind it. */
const PRINTED = [
  'default\tkubernetes\tu0\t2026-01-01T00:00:00Z\t\tClusterIP\t\t[{"port":443,"protocol":"TCP"}]\t\t\t',
  'shop\tweb\tu1\t2026-01-01T00:00:00Z\t\tLoadBalancer\t\t[{"name":"http","nodePort":30000,"port":80,"protocol":"TCP"}]\t["1.2.3.4/32"]\t[{"ip":"20.0.0.1"}]\t{"gatehouse.dev/sources":"1.2.3.4/32\\n\\tevil\\"\\u003c\\u003e\\u0026","x":"y"}',
  'shop\tapi\tu2\t2026-01-01T00:00:00Z\t2026-01-02T00:00:00Z\tLoadBalancer\ta/b\t[]\t\t\t',
];
const output = (...lines: readonly string[]) => `${[...PRINTED, ...lines].join('\n')}\n`;
const SENTINEL = 'gatehouse:complete';

test('the command is one kubectl call whose sentinel follows only its success', () => {
  expect(serviceProjectionCommand).toMatch(
    /^kubectl get services --all-namespaces --output=jsonpath='[^']+' && echo gatehouse:complete$/,
  );
});

test("what kubectl prints becomes services in the API server's shape", () => {
  const list = parseServiceProjection(output(SENTINEL), 0);
  expect(list).toEqual({
    state: 'complete',
    items: [
      {
        metadata: { namespace: 'default', name: 'kubernetes', uid: 'u0', creationTimestamp: '2026-01-01T00:00:00Z' },
        spec: { type: 'ClusterIP', ports: [{ port: 443, protocol: 'TCP' }] },
        status: { loadBalancer: {} },
      },
      {
        metadata: {
          namespace: 'shop',
          name: 'web',
          uid: 'u1',
          creationTimestamp: '2026-01-01T00:00:00Z',
          annotations: { 'gatehouse.dev/sources': '1.2.3.4/32\n\tevil"<>&', x: 'y' },
        },
        spec: {
          type: 'LoadBalancer',
          ports: [{ name: 'http', nodePort: 30000, port: 80, protocol: 'TCP' }],
          loadBalancerSourceRanges: ['1.2.3.4/32'],
        },
        status: { loadBalancer: { ingress: [{ ip: '20.0.0.1' }] } },
      },
      {
        metadata: {
          namespace: 'shop',
          name: 'api',
          uid: 'u2',
          creationTimestamp: '2026-01-01T00:00:00Z',
          deletionTimestamp: '2026-01-02T00:00:00Z',
        },
        spec: { type: 'LoadBalancer', loadBalancerClass: 'a/b', ports: [] },
        status: { loadBalancer: {} },
      },
    ],
  });
  const items = list.state === 'complete' ? list.items : [];
  expect(items.map((item) => parseService(item, 'shop'))).toEqual([
    expect.objectContaining({ name: 'kubernetes', isLoadBalancer: false }),
    expect.objectContaining({ name: 'web', isLoadBalancer: true, ingressIps: ['20.0.0.1'] }),
    expect.objectContaining({ name: 'api', deleting: true, loadBalancerClass: 'a/b' }),
  ]);
});

test('a service that is in both ranges counts once', () => {
  const twice = 'shop\tkubernetes\tu9\t2026-01-01T00:00:00Z\t\tLoadBalancer\t\t[]\t\t\t';
  expect(parseServiceProjection(output(twice, twice, SENTINEL), 0)).toMatchObject({ items: { length: 4 } });
});

describe('what is not complete is partial or failed, never empty', () => {
  test.each([
    ['no sentinel', output()],
    ['cut off within a line', output(SENTINEL).slice(0, 200)],
    ['cut off within the sentinel', output('gatehouse:comp')],
    ['the sentinel somewhere else', output(SENTINEL, PRINTED[0] ?? '')],
    ['a line that is no service', output('warning: something', SENTINEL)],
    ['a cell that is no JSON', output('shop\tx\tu\tt\t\tLoadBalancer\t\t[{"port":\t\t\t', SENTINEL)],
    ['a cell that is a lone number', output('shop\tx\tu\tt\t\tLoadBalancer\t\t7\t\t\t', SENTINEL)],
  ])('%s', (_what, text) => {
    const list = parseServiceProjection(text, 0);
    expect(list).toMatchObject({ state: 'partial', code: 'partial' });
    expect(list).not.toHaveProperty('items');
  });

  test('nothing at all', () => {
    expect(parseServiceProjection('', 0)).toMatchObject({ state: 'failed', code: 'partial' });
  });

  test.each([
    ['forbidden', 'Error from server (Forbidden): services is forbidden: User "x" cannot list resource "services"'],
    ['unreachable', 'Unable to connect to the server: dial tcp: i/o timeout'],
  ])('kubectl failed: %s', (code, message) => {
    const list = parseServiceProjection(`${message}\n`, 1);
    expect(list).toMatchObject({ state: 'failed', code, reason: expect.stringContaining(message) });
  });

  test('a sentinel does not outweigh an exit code', () => {
    expect(parseServiceProjection(output(SENTINEL), 137)).toMatchObject({ state: 'failed' });
  });
});
