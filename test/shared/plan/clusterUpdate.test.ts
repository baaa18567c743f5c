import { desiredCluster } from '../../../shared/desired/cluster.ts';
import type { EnvironmentSpec } from '../../../shared/model/environmentSpec.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import { clusterFindings } from '../../../shared/plan/drift/clusterDrift.ts';
import { clusterUpdate, fixedDifferences, fixedDifferenceText } from '../../../shared/plan/clusterUpdate.ts';
import { planResource } from '../../../shared/plan/mergeResource.ts';
import { articleSpec } from '../../support/spec.ts';

const facts = { frontends: ['20.1.2.3'], outboundRanges: [] };
const desired = (cluster: object) => desiredCluster(articleSpec({ cluster }), facts);
const standing = (cluster: object) => desired(cluster).body;
const written = (wanted: object, actual: JsonObject) =>
  planResource(clusterUpdate(desired(wanted), actual), actual, 'aks-egress').differences.map(({ path }) => path);
const fixed = (wanted: object, actual: JsonObject) =>
  fixedDifferences(desired(wanted), actual, 'aks-egress').map(({ path }) => path);

test('a cluster that does not stand yet is written whole', () => {
  expect(clusterUpdate(desired({}), undefined)).toEqual(desired({}));
});

test('what AKS changes in place is written', () => {
  const actual = standing({ version: '1.32' });
  expect(written({ version: '1.33', nodeCount: 4 }, actual)).toEqual([
    'properties.kubernetesVersion',
    'properties.agentPoolProfiles[nodepool1].count',
    'properties.agentPoolProfiles[nodepool1].orchestratorVersion',
  ]);
  expect(fixed({ version: '1.33', nodeCount: 4 }, actual)).toEqual([]);
});

test('a further pool is added whole', () => {
  const cni = 'azure-overlay';
  const paths = written({ cni, nodePools: [{ name: 'work' }] }, standing({ cni }));
  expect(paths).toContain('properties.agentPoolProfiles[work].vmSize');
});

test('machines and network are told and not fought', () => {
  const actual = standing({});
  const wanted = { nodeSize: 'Standard_D4s_v5', cni: 'azure-overlay' };
  expect(written(wanted, actual)).toEqual([]);
  expect(fixed(wanted, actual)).toEqual([
    'properties.agentPoolProfiles[nodepool1].vmSize',
    'properties.networkProfile.networkPluginMode',
    'properties.networkProfile.podCidr',
  ]);
  expect(fixedDifferences(desired(wanted), actual, 'aks-egress').map(fixedDifferenceText)[0]).toBe(
    'agentPoolProfiles[nodepool1].vmSize is "Standard_DS2_v2" and not "Standard_D4s_v5"',
  );
});

test('a cluster that was upgraded beyond the spec is not taken back', () => {
  expect(written({ version: '1.32.9' }, standing({ version: '1.33.2' }))).toEqual([]);
  expect(fixed({ version: '1.32.9' }, standing({ version: '1.33.2' }))).toEqual([
    'properties.kubernetesVersion',
    'properties.agentPoolProfiles[nodepool1].orchestratorVersion',
  ]);
});

describe('what a standing cluster has otherwise', () => {
  const found = (cluster: object, actual: JsonObject) =>
    clusterFindings(articleSpec({ cluster }), actual, facts.frontends).map(({ check, what }) => `${check}: ${what}`);

  test('is nothing where it is as the spec says, whatever its ranges are', () => {
    expect(found({}, standing({}))).toEqual([]);
    const identity =
      '/subscriptions/A/resourceGroups/R/providers/Microsoft.ManagedIdentity/userAssignedIdentities/own'.replace(
        '/A/',
        `/${articleSpec().subscription}/`,
      );
    const answered = JSON.parse(
      JSON.stringify(standing({ identity })).replaceAll('/resourceGroups/R', '/resourcegroups/r'),
    );
    expect(found({ identity }, answered as JsonObject)).toEqual([]);
  });

  test('is told apart by whether AKS changes it in place', () => {
    expect(found({ nodeCount: 4, nodeSize: 'Standard_D4s_v5' }, standing({}))).toEqual([
      'clusterConfiguration: properties.agentPoolProfiles[nodepool1].count',
      'clusterAsBuilt: properties.agentPoolProfiles[nodepool1].vmSize',
    ]);
  });

  test('is nothing where the cluster was adopted, of which the spec says nothing', () => {
    const spec = { ...articleSpec({ cluster: { nodeCount: 4 } }), adopt: {} as NonNullable<EnvironmentSpec['adopt']> };
    expect(clusterFindings(spec, standing({}), facts.frontends)).toEqual([]);
  });

  test('is nothing to us where the cluster is somebody else’s', () => {
    expect(found({ nodeCount: 4 }, { ...standing({}), tags: {} })).toEqual([]);
  });
});
