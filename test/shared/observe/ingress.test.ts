import { forgetClusterAccess } from '../../../shared/kubernetes/credentials.ts';
import { serviceProjectionCommand } from '../../../shared/kubernetes/serviceProjection.ts';
import { resourceIds } from '../../../shared/model/names.ts';
import { observeIngress } from '../../../shared/observe/ingress.ts';
import { observeServices } from '../../../shared/observe/services.ts';
import { startArmServer, type ArmAnswer, type ArmServer } from '../../support/armServer.ts';
import { articleSpec } from '../../support/spec.ts';
import { kubeconfig, page, startApiServer, type TestApiServer } from '../kubernetes/apiServer.ts';

const spec = articleSpec({ name: 'shop', cluster: { name: 'shop' } });
const ids = resourceIds(spec);
const NODES_IP = `${ids.nodeResourceGroup}/providers/Microsoft.Network/publicIPAddresses/kubernetes-a1`;
const SUBSCRIPTION_IPS = `/subscriptions/${spec.subscription}/providers/Microsoft.Network/publicIPAddresses`;
const LOAD_BALANCERS = `${ids.nodeResourceGroup}/providers/Microsoft.Network/loadBalancers`;

let arm: ArmServer;
let api: TestApiServer;
beforeAll(async () => {
  [arm, api] = await Promise.all([startArmServer(), startApiServer()]);
});
afterAll(() => Promise.all([arm.close(), api.close()]));
beforeEach(() => {
  forgetClusterAccess(ids.cluster);
  api.answer((_request, response) => response.end(page(['web', 'api'])));
  azure();
});

const publicIp = (id: string, ipAddress: string) => ({ id, properties: { ipAddress } });
const configuration = { name: 'config', properties: { publicIPAddress: { id: ids.publicIp } } };
const firewall = { id: ids.firewall, properties: { ipConfigurations: [configuration], unknownToUs: 1 } };
const place = { name: 'shop', id: ids.cluster };
const refused: ArmAnswer = { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'may not' } } };

/** The environment as Azure answers it, with what a test wants different. */
function azure(changes: Readonly<Record<string, ArmAnswer>> = {}): void {
  const value = Buffer.from(kubeconfig(api)).toString('base64');
  const ok = (body: unknown): ArmAnswer => ({ status: 200, body });
  const balancer = {
    properties: {
      frontendIPConfigurations: [
        { properties: { publicIPAddress: { id: NODES_IP } } },
        { properties: { privateIPAddress: '10.42.1.200' } },
      ],
    },
  };
  const routes = [
    { name: 'out', properties: { addressPrefix: '20.0.0.1', nextHopType: 'Internet' } },
    { name: 'all', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' } },
  ];
  const answers: Readonly<Record<string, ArmAnswer>> = {
    [ids.firewall]: ok(firewall),
    [ids.cluster]: ok({ id: ids.cluster }),
    [ids.routeTable]: ok({ id: ids.routeTable, properties: { routes } }),
    [ids.virtualNetwork]: ok({ id: ids.virtualNetwork }),
    [SUBSCRIPTION_IPS]: ok({
      value: [publicIp(ids.publicIp.toUpperCase(), '20.0.0.1'), publicIp(NODES_IP, '20.0.0.2')],
    }),
    [LOAD_BALANCERS]: ok({ value: [balancer] }),
    [`${ids.cluster}/listClusterUserCredential`]: ok({ kubeconfigs: [{ name: 'clusterUser', value }] }),
    ...changes,
  };
  arm.answer(({ path }) => answers[path]);
}

const observe = (commandDeadlineSeconds?: number) =>
  observeIngress(spec, {
    deadlineSeconds: 30,
    ...(commandDeadlineSeconds === undefined ? {} : { commandDeadlineSeconds }),
  });
const reads = () => arm.requests.filter((request) => request.startsWith('GET')).length;

test('everything is read at once: six reads of Azure, one kubeconfig, one page of services', async () => {
  const observed = await observe();
  expect(observed).toEqual({
    firewall,
    clusters: [
      {
        name: 'shop',
        id: ids.cluster,
        nodeResourceGroup: ids.nodeResourceGroup,
        isPrivate: false,
        cluster: { id: ids.cluster },
      },
    ],
    routeTable: expect.objectContaining({ id: ids.routeTable }),
    virtualNetwork: { id: ids.virtualNetwork },
    services: [
      {
        cluster: 'shop',
        state: 'complete',
        services: [expect.objectContaining({ name: 'web' }), expect.objectContaining({ name: 'api' })],
      },
    ],
    internetRanges: ['20.0.0.1/32'],
    nodeRanges: ['20.0.0.1/32'],
    addresses: new Map([[ids.publicIp.toLowerCase(), '20.0.0.1']]),
    retiredPublicIps: [],
    facts: {
      frontends: ['20.0.0.1'],
      loadBalancers: { shop: ['10.42.1.200', '20.0.0.2'] },
      routesToInternet: { shop: ['20.0.0.1/32'] },
      firewallRanges: ['10.42.2.0/24', '20.0.0.1/32'],
    },
    problems: [],
  });
  expect(reads()).toBe(6);
  expect(arm.requests).toHaveLength(7);
  expect(api.requests).toHaveLength(1);
});

test('a second look asks for no kubeconfig, and never writes', async () => {
  await observe();
  azure();
  await observe();
  expect(arm.requests).toHaveLength(6);
  expect(reads()).toBe(6);
});

test('what does not exist is absent, and nothing is published without its firewall', async () => {
  azure({ [ids.firewall]: { status: 404 }, [ids.routeTable]: { status: 404 } });
  const observed = await observe();
  expect(observed).not.toHaveProperty('firewall');
  expect(observed).not.toHaveProperty('routeTable');
  expect(observed.facts).toMatchObject({ frontends: [], routesToInternet: { shop: [] } });
});

describe('what is not known is never taken for what is not there', () => {
  test('load balancers that may not be read are unknown', async () => {
    azure({ [LOAD_BALANCERS]: refused });
    const { facts, problems } = await observe();
    expect(facts.loadBalancers).toEqual({});
    expect(problems).toEqual([expect.stringContaining('AuthorizationFailed')]);
  });

  test('load balancers of a cluster without a node resource group are unknown', async () => {
    azure({ [LOAD_BALANCERS]: { status: 404 } });
    expect((await observe()).facts.loadBalancers).toEqual({});
  });

  test('a cluster without load balancers has none', async () => {
    azure({ [LOAD_BALANCERS]: { status: 200, body: { value: [] } } });
    expect((await observe()).facts.loadBalancers).toEqual({ shop: [] });
  });

  test("a firewall whose address is not known can't be judged", async () => {
    azure({ [SUBSCRIPTION_IPS]: { status: 200, body: { value: [] } } });
    await expect(observe()).rejects.toMatchObject({ code: 'FrontendUnknown' });
  });

  test('an app that may not list the public IPs of the subscription reads them one by one', async () => {
    azure({
      [SUBSCRIPTION_IPS]: refused,
      [ids.publicIp]: { status: 200, body: publicIp(ids.publicIp, '20.0.0.1') },
      [NODES_IP]: { status: 200, body: publicIp(NODES_IP, '20.0.0.2') },
    });
    expect((await observe()).facts).toMatchObject({
      frontends: ['20.0.0.1'],
      loadBalancers: { shop: ['10.42.1.200', '20.0.0.2'] },
    });
  });

  test('a firewall that may not be read is an error', async () => {
    azure({ [ids.firewall]: refused });
    await expect(observe()).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('services that could not be listed come with the reason and its remedy', async () => {
    api.answer((_request, response) => response.writeHead(403).end('{"message":"services is forbidden"}'));
    expect((await observe()).services).toEqual([
      {
        cluster: 'shop',
        state: 'failed',
        code: 'forbidden',
        reason: expect.stringContaining('services is forbidden'),
        remedy: expect.stringContaining('RBAC Reader'),
        services: [],
      },
    ]);
  });

  test('a list with something in it that is no service is partial', async () => {
    api.answer((_request, response) => response.end('{"kind":"ServiceList","items":[{"metadata":{"name":"x"}}]}'));
    expect((await observe()).services).toMatchObject([{ state: 'partial', services: [] }]);
  });

  test('credentials that Azure refuses', async () => {
    azure({ [`${ids.cluster}/listClusterUserCredential`]: refused });
    expect((await observe()).services).toMatchObject([
      { state: 'failed', code: 'refused', remedy: expect.stringContaining('Cluster User') },
    ]);
  });
});

describe('credentials that were kept', () => {
  test('are asked for anew once the API server refuses them', async () => {
    await observe();
    azure();
    let refusals = 1;
    api.answer((_request, response) => {
      if (refusals-- > 0) response.writeHead(401).end('{"message":"Unauthorized"}');
      else response.end(page(['web']));
    });
    expect((await observe()).services).toMatchObject([{ state: 'complete' }]);
    expect(arm.requests).toContain(`POST ${ids.cluster}/listClusterUserCredential`);
  });

  test('are asked for anew by whoever looks after the API server has kept silent', async () => {
    await observe();
    azure();
    api.answer(() => undefined);
    expect((await observeServices(place, { deadlineSeconds: 0.05 })).state).toBe('failed');
    expect(arm.requests).toEqual([]);
    api.answer((_request, response) => response.end(page(['web'])));
    expect((await observeServices(place, { deadlineSeconds: 30 })).state).toBe('complete');
    expect(arm.requests).toEqual([`POST ${ids.cluster}/listClusterUserCredential`]);
  });

  test('but fresh ones that are refused are refused', async () => {
    api.answer((_request, response) => response.writeHead(401).end('{"message":"Unauthorized"}'));
    expect((await observe()).services).toMatchObject([{ state: 'failed', code: 'refused' }]);
    expect(api.requests).toHaveLength(1);
  });
});

describe('an API server that cannot be reached', () => {
  const RUN = `${ids.cluster}/runCommand`;
  const row = 'shop\tweb\tu1\t2026-01-01T00:00:00Z\t\tLoadBalancer\t\t[]\t\t[{"ip":"20.0.0.2"}]\t';
  const ran = (logs: string): ArmAnswer => ({
    status: 200,
    body: { properties: { provisioningState: 'Succeeded', exitCode: 0, logs } },
  });
  beforeEach(() => api.answer((request) => request.socket.destroy()));

  test('is listed through a command in the cluster, where that is allowed', async () => {
    azure({ [RUN]: ran(`${row}\ngatehouse:complete\n`) });
    expect((await observe(30)).services).toEqual([
      {
        cluster: 'shop',
        state: 'complete',
        services: [expect.objectContaining({ name: 'web', ingressIps: ['20.0.0.2'] })],
      },
    ]);
    expect(serviceProjectionCommand).toContain('kubectl get services');

    azure({ [RUN]: ran(`${row}\ngatehouse:complete\n`) });
    expect((await observe()).services).toMatchObject([{ state: 'failed', code: 'unreachable' }]);
    expect(arm.requests).not.toContain(`POST ${RUN}`);
  });

  test.each([
    ['is cut off', ran(row)],
    ['is refused', refused],
  ])('stays unreachable when the command %s', async (_what, answer) => {
    azure({ [RUN]: answer });
    expect((await observe(30)).services).toMatchObject([
      { state: 'failed', code: 'unreachable', remedy: expect.stringContaining('GATEHOUSE_OUTBOUND_RANGES') },
    ]);
    expect(arm.requests).toContain(`POST ${RUN}`);
  });
});
