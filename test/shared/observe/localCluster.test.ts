import { kubernetesClusters, type KubernetesClusters } from '../../../local/cluster.ts';
import { createCertificates } from '../../../local/kubernetes/apiServer.ts';
import { forgetClusterAccess } from '../../../shared/kubernetes/credentials.ts';
import { observeServices } from '../../../shared/observe/services.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { GROUP, startClient, type Client } from '../../local/azure/client.ts';

/** Against a cluster of local Azure: its kubeconfig, its API server over TLS, its authorized ranges. */

const CLUSTER = { name: 'c', id: `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c` };
const APP = '203.0.113.10';

let azure: Client;
let clusters: KubernetesClusters;
beforeAll(async () => {
  const clock = new VirtualClock();
  const certificates = await createCertificates();
  clusters = kubernetesClusters({ port: 0, clock, certificates, defaultSource: APP });
  azure = await startClient({ clock, clusters: clusters.start });
  Object.assign(process.env, {
    GATEHOUSE_ARM_ENDPOINT: azure.azure.origin,
    IDENTITY_ENDPOINT: azure.azure.identity.endpoint,
    IDENTITY_HEADER: azure.azure.identity.header,
  });
  await azure.apply('PUT', GROUP, { location: 'eastus' });
  await putCluster([]);
});
afterAll(() => azure.close());
beforeEach(() => forgetClusterAccess(CLUSTER.id));

const putCluster = (authorizedIPRanges: string[]) =>
  azure.apply('PUT', CLUSTER.id, {
    location: 'eastus',
    identity: { type: 'SystemAssigned' },
    properties: {
      dnsPrefix: 'c',
      agentPoolProfiles: [{ name: 'nodepool1', count: 1, vmSize: 'Standard_DS2_v2', mode: 'System' }],
      apiServerAccessProfile: { authorizedIPRanges },
    },
  });

const observe = () => observeServices(CLUSTER, { deadlineSeconds: 30 });

test('its services are listed with the credentials that ARM gives out', async () => {
  expect(await observe()).toMatchObject({
    cluster: 'c',
    state: 'complete',
    services: [{ namespace: 'default', name: 'kubernetes', isLoadBalancer: false }],
  });
});

test.each([
  ['down', { down: true }, { state: 'failed', code: 'unreachable' }],
  ['forbidden', { forbidden: true }, { state: 'failed', code: 'forbidden' }],
  ['unauthorized', { unauthorized: true }, { state: 'failed', code: 'refused' }],
  ['failing with 503', { failing: 503 }, { state: 'failed', code: 'unreachable' }],
  ['breaking off', { cutPage: 1 }, { state: 'failed', code: 'partial' }],
])('an API server that is %s is told as such', async (_what, fault, expected) => {
  const kubernetes = clusters.find(CLUSTER.id);
  kubernetes?.faults.set(fault);
  expect(await observe()).toMatchObject({ cluster: 'c', ...expected, services: [] });
  kubernetes?.faults.clear();
});

test('an API server whose authorized ranges leave the app out is unreachable, and says what to check', async () => {
  await putCluster(['198.51.100.1/32']);
  expect(await observe()).toMatchObject({
    state: 'failed',
    remedy: expect.stringContaining('GATEHOUSE_OUTBOUND_RANGES'),
  });
  await putCluster(['198.51.100.1/32', `${APP}/32`]);
  expect(await observe()).toMatchObject({ state: 'complete' });
});
