import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { at, objectsAt, stringAt, type Json, type JsonObject } from '../../local/azure/json.ts';
import { VirtualClock } from '../../local/clock.ts';
import { kubernetesClusters, type KubernetesClusters } from '../../local/cluster.ts';
import { createCertificates } from '../../local/kubernetes/apiServer.ts';
import { aNetwork, GROUP, NETWORK, startClient, type Client } from './azure/client.ts';
import { aCluster, CLUSTER, NODES } from './azure/clusterWorld.ts';
import { startSubscriber } from './azure/subscriber.ts';

const certificates = await createCertificates();
const ALLOWED = '203.0.113.10';

interface Api {
  readonly server: string;
  readonly token: string;
  /** Status and body; undefined when the API server did not answer at all. */
  call(method: string, path: string, body?: Json, source?: string): Promise<{ status: number; body: Json } | undefined>;
}

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});

const startCloud = async (options: { clock?: VirtualClock; stateDirectory?: string; port?: number } = {}) => {
  const { clock = new VirtualClock(), port = 0, stateDirectory } = options;
  const state = stateDirectory === undefined ? {} : { stateDirectory: join(stateDirectory, 'clusters') };
  const clusters = kubernetesClusters({ port, clock, certificates, defaultSource: ALLOWED, ...state });
  const own = stateDirectory === undefined ? {} : { stateDirectory: join(stateDirectory, 'azure') };
  const client = await startClient({ clock, clusters: clusters.start, ...own });
  started.push(client);
  return { client, clusters };
};

const createCluster = async (client: Client, properties: JsonObject = {}) => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
  await client.apply('PUT', CLUSTER, aCluster(properties));
};

/** Reads the kubeconfig that ARM hands out, and speaks to the API server as it says. */
const connect = async (client: Client): Promise<Api> => {
  const { body } = await client.send('POST', `${CLUSTER}/listClusterUserCredential`);
  const config = parse(
    Buffer.from(stringAt(objectsAt(body, 'kubeconfigs')[0], 'value') ?? '', 'base64').toString(),
  ) as Json;
  const cluster = at(objectsAt(config, 'clusters')[0], 'cluster');
  const server = stringAt(cluster, 'server') ?? '';
  const ca = Buffer.from(stringAt(cluster, 'certificate-authority-data') ?? '', 'base64');
  const token = stringAt(objectsAt(config, 'users')[0], 'user', 'token') ?? '';
  return {
    server,
    token,
    call: (method, path, content, source) =>
      new Promise((resolve) => {
        const headers = {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(source === undefined ? {} : { 'x-gatehouse-source-address': source }),
        };
        const outgoing = request(`${server}${path}`, { method, ca, agent: false, headers }, (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Json });
          });
        });
        outgoing.on('error', () => resolve(undefined));
        outgoing.end(content === undefined ? undefined : JSON.stringify(content));
      }),
  };
};

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const SERVICES = '/api/v1/namespaces/default/services';
const web: JsonObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
};
const ipOf = (service: Json | undefined) => stringAt(objectsAt(service, 'status', 'loadBalancer', 'ingress')[0], 'ip');

describe('a cluster of local Azure', () => {
  test('has an API server whose services become load balancers, of which Event Grid tells', async () => {
    const { client } = await startCloud();
    await createCluster(client);
    const subscriber = await startSubscriber(client.clock);
    started.push(subscriber);
    const topic = `${GROUP}/providers/Microsoft.EventGrid/systemTopics/topic`;
    const source = GROUP.split('/resourceGroups')[0] ?? '';
    await client.apply('PUT', topic, {
      location: 'global',
      properties: { source, topicType: 'Microsoft.Resources.Subscriptions' },
    });
    await client.apply('PUT', `${topic}/eventSubscriptions/events`, {
      properties: {
        destination: { endpointType: 'WebHook', properties: { endpointUrl: subscriber.url } },
        filter: {
          advancedFilters: [{ operatorType: 'StringContains', key: 'data.operationName', values: ['loadBalancers/'] }],
        },
      },
    });
    const api = await connect(client);
    expect((await api.call('POST', SERVICES, web))?.status).toBe(201);
    await subscriber.until(1);
    const service = (await api.call('GET', `${SERVICES}/web`))?.body;
    const all = await client.get(`${NODES}/providers/Microsoft.Network/publicIPAddresses`);
    // The first is the cluster's own, for the way out.
    expect(ipOf(service)).toBe(stringAt(objectsAt(all, 'value')[1], 'properties', 'ipAddress'));
    await api.call('DELETE', `${SERVICES}/web`);
    const events = await subscriber.until(2);
    expect(events.map(({ body }) => stringAt(objectsAt({ body }, 'body')[0], 'data', 'operationName'))).toEqual([
      'Microsoft.Network/loadBalancers/write',
      'Microsoft.Network/loadBalancers/delete',
    ]);
    expect((await api.call('GET', `${SERVICES}/web`))?.status).toBe(404);
    expect(await client.get(`${NODES}/providers/Microsoft.Network/loadBalancers`)).toEqual({ value: [] });
  });

  test('answers those in its authorized ranges alone', async () => {
    const { client } = await startCloud();
    await createCluster(client, { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } });
    const api = await connect(client);
    expect((await api.call('GET', '/version'))?.status).toBe(200);
    expect(await api.call('GET', '/version', undefined, '198.51.100.7')).toBeUndefined();
    const ranges = ['198.51.100.7/32'];
    await client.apply('PUT', CLUSTER, aCluster({ apiServerAccessProfile: { authorizedIPRanges: ranges } }));
    expect((await api.call('GET', '/version', undefined, '198.51.100.7'))?.status).toBe(200);
    expect(await api.call('GET', '/version')).toBeUndefined();
  });

  test('lists its services to commands run inside', async () => {
    const { client } = await startCloud();
    await createCluster(client);
    const command = `kubectl get services -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {end}'`;
    const accepted = await client.send('POST', `${CLUSTER}/runCommand`, { command });
    const result = await client.get(accepted.headers.get('location') ?? '');
    expect(at(result, 'properties', 'logs')).toBe('default/kubernetes ');
  });

  test('goes on after a restart: the same address, the same content', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'local-cluster-'));
    const port = await freePort();
    const { client } = await startCloud({ stateDirectory, port });
    await createCluster(client);
    const before = await connect(client);
    await before.call('POST', SERVICES, web);
    await client.close();
    const second = await startCloud({ clock: client.clock, stateDirectory, port });
    const after = await connect(second.client);
    expect([after.server, after.token]).toEqual([before.server, before.token]);
    expect((await after.call('GET', `${SERVICES}/web`))?.status).toBe(200);
    await second.client.close();
    started.splice(0);
    rmSync(stateDirectory, { recursive: true });
  });

  test('that is deleted and made anew begins empty', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'local-cluster-'));
    const { client, clusters } = await startCloud({ stateDirectory });
    await createCluster(client);
    const before = await connect(client);
    await before.call('POST', SERVICES, web);
    const kubeconfigs = () => readdirSync(stateDirectory, { recursive: true, encoding: 'utf8' }).filter(isKubeconfig);
    expect(kubeconfigs()).toHaveLength(1);
    await client.apply('DELETE', CLUSTER);
    expect(running(clusters)).toBe(false);
    expect(kubeconfigs()).toEqual([]);
    expect(await before.call('GET', '/version')).toBeUndefined();
    await client.apply('PUT', CLUSTER, aCluster());
    const after = await connect(client);
    expect(after.token).not.toBe(before.token);
    expect((await after.call('GET', `${SERVICES}/web`))?.status).toBe(404);
    await client.close();
    started.splice(0);
    rmSync(stateDirectory, { recursive: true });
  });
});

const isKubeconfig = (file: string) => file.endsWith('.kubeconfig');

const running = (clusters: KubernetesClusters) => clusters.find(CLUSTER.toUpperCase()) !== undefined;
