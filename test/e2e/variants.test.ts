import { readdirSync, readFileSync } from 'node:fs';
import { cloudOfSpec } from '../../local/cloud.ts';
import { adoptedBy, buildWhatIsAdopted } from '../../local/existing.ts';
import { ownRulesId } from '../../local/ownRules.ts';
import { objectsAt, stringAt } from '../../local/azure/json.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { documentedCalls } from '../support/documented.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { aJumpbox } from '../support/spec.ts';

const specs = readdirSync('examples').filter((file) => !/^apiVersion:/m.test(readFileSync(`examples/${file}`, 'utf8')));

let cloud: TestCloud;
afterEach(() => cloud.close());

/** What is there when everything is over, without the app's own group: the topic of its events lives there. */
async function storedIds(): Promise<readonly string[]> {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  return resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'));
}

async function reached(frontend: string, port: number): Promise<boolean> {
  const packet = { from: '198.51.100.23', to: frontend, port };
  const answer = (await cloud.control('POST', '/probe', packet)) as { reachable: boolean };
  return answer.reachable;
}

/** Everything that tells of a ready environment. */
const looks = (path: string) =>
  [
    ['GET', '/environments'],
    ['GET', path],
    ['GET', `${path}/services/default/store-front`],
    ['GET', `${path}/drift`],
    ['POST', `${path}/plan`],
  ] as const;

/**
 * An environment is created, publishes a service, is repaired and goes again. Whatever the app answers of it is held against the
 * OpenAPI document: variants have fields and forms of their own.
 */
async function live(text: string, file = ''): Promise<void> {
  cloud = await startTestCloud({ azureCloud: cloudOfSpec(text) });
  // What the ids of `adopt` name is there first.
  const adopt = adoptedBy(text);
  if (adopt !== undefined) await buildWhatIsAdopted(cloud.azure, cloud.clock, { adopt, file });
  const existed = await storedIds();
  const api = documentedCalls(cloud);
  expect((await api.call('POST', '/plans', text, { 'content-type': 'application/yaml' })).status).toBe(200);
  const started = await api.call('POST', '/environments', text, { 'content-type': 'application/yaml' });
  expect([started.status, started.text]).toEqual([202, expect.anything()]);
  const name = stringAt(started.body, 'name') ?? '';
  const until = async (wanted: (status: EnvironmentStatus) => boolean) => {
    const { customStatus } = await cloud.host.durable.waitFor(
      name,
      (instance) => instance.customStatus !== null && wanted(instance.customStatus as EnvironmentStatus),
    );
    return customStatus as EnvironmentStatus;
  };
  const first = await until(({ state, counts }) => state === 'failed' || (state === 'ready' && counts.syncs > 0));
  expect(first).toMatchObject({ state: 'ready', sync: { lastResult: 'done' } });

  const { spec } = (await api.call('GET', `/environments/${name}`)).body as { spec: EnvironmentSpec };
  const kubernetes = cloud.clusters.operator(resourceIds(spec).cluster);
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'store-front', annotations: { 'gatehouse.dev/expose': 'true' } },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'store-front' } },
  };
  expect((await kubernetes('POST', '/api/v1/namespaces/default/services', service)).status).toBe(201);
  await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  // A look that meets a sync, or a command in a private cluster, may come to nothing; jest's own time limit bounds it.
  const look = async () => {
    const { body } = await api.call('GET', `/environments/${name}/services`);
    return objectsAt(body, 'unchanged')[0];
  };
  let publication = await look();
  while (publication === undefined) {
    await cloud.clock.sleep(5000);
    publication = await look();
  }
  const frontend = stringAt(publication, 'rule', 'frontend') ?? '';
  expect(await reached(frontend, 80)).toBe(true);
  for (const [method, path] of looks(`/environments/${name}`))
    expect([path, (await api.call(method, path)).status]).toEqual([path, 200]);

  const { driftRepairs } = (await until(() => true)).counts;
  await cloud.control('DELETE', `/state${ownRulesId(spec)}`);
  expect(await reached(frontend, 80)).toBe(false);
  await api.call('POST', `/environments/${name}/sync`);
  const repaired = await until(({ counts }) => counts.driftRepairs > driftRepairs);
  expect(repaired.findings[0]?.message).toMatch(/^Drift was repaired: /);
  expect(await reached(frontend, 80)).toBe(true);

  expect((await api.call('DELETE', `/environments/${name}`)).status).toBe(202);
  await cloud.untilState(name, 'deleted', 'failed');
  // What was adopted stays, with what its cluster has made by itself.
  const left = await storedIds();
  const isNodes = (id: string) => existed.length > 0 && id.includes('/MC_');
  expect(left.filter((id) => !existed.includes(id) && !isNodes(id))).toEqual([]);
  expect(existed.filter((id) => !left.includes(id))).toEqual([]);
}

test.each(specs)('examples/%s is created, publishes a service, is repaired and goes again', async (file) => {
  await live(readFileSync(`examples/${file}`, 'utf8'), file);
});

const adminGroups = ['11111111-2222-3333-4444-555555555555'];

/** What the examples show one by one, together. */
const combinations: Readonly<Record<string, object>> = {
  'policy, several frontends, overlay, user-assigned identity, private, a jumpbox': {
    firewall: { rules: 'policy', publicIpCount: 4, threatIntel: 'Deny' },
    jumpbox: aJumpbox,
    cluster: { cni: 'azure-overlay', identity: 'user-assigned', private: true },
  },
  'policy, several frontends, several clusters, one of them private, an ingress subnet': {
    network: { ingressSubnet: '10.42.5.0/24' },
    firewall: { rules: 'policy', publicIpCount: 2 },
    clusters: [
      { name: 'blue', identity: 'user-assigned', entra: { adminGroups } },
      { name: 'green', cni: 'azure-overlay', private: true },
    ],
  },
  'policy of a Basic firewall, kubenet, a jumpbox': {
    jumpbox: aJumpbox,
    firewall: { tier: 'Basic', rules: 'policy' },
    cluster: { cni: 'kubenet', identity: 'user-assigned' },
  },
  'Premium in zones, several frontends, an ingress subnet, node pools, Entra, a rule to the API server': {
    location: 'westeurope',
    network: { ingressSubnet: '10.42.4.0/24' },
    firewall: { tier: 'Premium', zones: ['1', '2', '3'], publicIpCount: 2, dnsServers: ['10.42.9.4'] },
    egress: { apiServer: true },
    cluster: {
      entra: { adminGroups },
      nodePools: [{ name: 'more', nodeCount: 1, nodeSize: 'Standard_D4s_v5', osSku: 'AzureLinux' }],
    },
  },
  'policy, a rule to the API server, US government, a jumpbox': {
    jumpbox: aJumpbox,
    location: 'usgovvirginia',
    firewall: { rules: 'policy' },
    egress: { apiServer: true },
  },
};

test.each(Object.entries(combinations))('%s go together', async (_what, spec) => {
  await live(JSON.stringify({ name: 'shop', ...spec }));
});
