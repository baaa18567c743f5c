import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { desiredCluster } from '../../../shared/desired/cluster.ts';
import { desiredRoleAssignments } from '../../../shared/desired/clusterIdentity.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes } from '../../../shared/desired/network.ts';
import { desiredPublicIp } from '../../../shared/desired/publicIps.ts';
import { desiredResourceGroup } from '../../../shared/desired/resourceGroup.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import { resourceIds } from '../../../shared/model/names.ts';
import { provisioningPlan, type ActualResources, type Plan } from '../../../shared/plan/provisioningPlan.ts';
import { renderPreview } from '../../../shared/plan/preview.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

const rendered = (planned: Plan) => renderPreview({ ...planned, problems: [] });

const spec = articleSpec();
const principalId = '878136a7-c5ac-4031-9d85-0e60a661ecc2';
const facts = {
  firewallPrivateIp: '10.42.2.4',
  frontends: ['20.62.10.30'],
  outboundRanges: specContext.outboundRanges,
};

const withProperties = (body: JsonObject, properties: JsonObject): JsonObject => ({
  ...body,
  properties: { ...(body['properties'] as JsonObject), ...properties },
});

/** The article's environment as it stands once it is ready. */
function standing() {
  const [configuration] = (desiredFirewall(spec).body['properties'] as JsonObject)['ipConfigurations'] as JsonObject[];
  return {
    resourceGroup: desiredResourceGroup(spec).body,
    virtualNetwork: desiredNetworkRouting(spec, facts).body,
    publicIps: [
      { ...withProperties(desiredPublicIp(spec).body, { ipAddress: '20.62.10.30' }), id: resourceIds(spec).publicIp },
    ],
    publicIpPrefixes: [],
    routeTable: desiredRoutes(spec, facts).body,
    firewall: withProperties(desiredFirewall(spec).body, {
      ipConfigurations: [withProperties(configuration!, { privateIPAddress: '10.42.2.4' })],
    }),
    cluster: { ...desiredCluster(spec, facts).body, identity: { type: 'SystemAssigned', principalId } },
    roleAssignments: desiredRoleAssignments(spec, principalId).map(({ id, body }) => ({ ...body, id })),
  };
}

const plan = (actual: ActualResources, fields: object = {}) =>
  provisioningPlan(articleSpec(fields), actual, { outboundRanges: specContext.outboundRanges });

/** Golden texts lie beside this file. */
const golden = (name: string) => readFileSync(join(import.meta.dirname, 'golden', `${name}.txt`), 'utf8');

describe('creating the article’s environment', () => {
  test('creates eight resources and writes the firewall once', () => {
    expect(plan({})).toMatchObject({
      environment: 'aks-egress',
      location: 'eastus',
      counts: { create: 8, modify: 0, none: 0, foreign: 0 },
      firewallWrites: 1,
      expectedMinutes: 10.9,
      conflicts: [],
    });
  });

  test('says what only Azure can tell, and after which step', () => {
    const text = JSON.stringify(plan({}));
    expect(text).toContain('{"path":"properties.dhcpOptions.dnsServers","after":["(known after firewall)"]}');
    expect(text).toContain('"after":["(known after publicIp)","203.0.113.10/32"]');
    expect(text).toContain('{"path":"properties.principalId","after":"(known after cluster)"}');
  });

  test('reads like this', () => {
    expect(rendered(plan({}))).toBe(golden('create'));
  });

  test('is a screen or two also where a value is longer than that', () => {
    const [first, ...others] = plan({}).resources;
    const differences = [{ path: 'properties.osProfile.customData', after: 'x'.repeat(2000) }];
    const text = rendered({ ...plan({}), resources: [{ ...first!, differences }, ...others] });
    expect(text).toContain(`+ properties.osProfile.customData: "${'x'.repeat(39)}… (2002 characters)`);
  });
});

describe('an environment that stands', () => {
  test('is left alone', () => {
    const nothing = plan(standing());
    expect(nothing).toMatchObject({
      counts: { create: 0, modify: 0, none: 8, foreign: 0 },
      firewallWrites: 0,
      conflicts: [],
    });
    expect(rendered(nothing)).toBe(golden('no-changes'));
  });

  test('that has drifted is repaired property by property', () => {
    const { routeTable: _, ...rest } = standing();
    const drifted: ActualResources = {
      ...rest,
      virtualNetwork: withProperties(rest.virtualNetwork, { dhcpOptions: { dnsServers: ['8.8.8.8'] } }),
      firewall: withProperties(rest.firewall, { threatIntelMode: 'Off', networkRuleCollections: [] }),
      cluster: withProperties(rest.cluster, { apiServerAccessProfile: { authorizedIPRanges: ['99.1.2.3/32'] } }),
    };
    const repair = plan(drifted);
    expect(repair).toMatchObject({ counts: { create: 1, modify: 3, none: 4, foreign: 0 }, firewallWrites: 1 });
    // Two checks, then updates of firewall, routes, network and cluster, one after the other, and its access lane.
    expect(repair.expectedMinutes).toBeCloseTo((2 + 240 + 10 + 4 + 118 + 1) / 60, 1);
    expect(rendered(repair)).toBe(golden('drift'));
  });

  test.each([
    ['vmSize', 'Standard_D8s_v5', /vmSize is "Standard_D8s_v5" .* Add a node pool with it under cluster\.nodePools\.$/],
    ['osType', 'Windows', /Add a node pool/],
  ])('with another %s of its nodes is told what a new spec is told', (property, value, told) => {
    const rest = standing();
    const [pool] = ((rest.cluster as JsonObject)['properties'] as JsonObject)['agentPoolProfiles'] as JsonObject[];
    const cluster = withProperties(rest.cluster, { agentPoolProfiles: [{ ...pool, [property]: value }] });
    expect(plan({ ...rest, cluster }).warnings).toContainEqual(expect.stringMatching(told));
  });

  test('with another network plugin is to be started anew', () => {
    const rest = standing();
    const { networkProfile } = (rest.cluster as JsonObject)['properties'] as JsonObject;
    const other = { ...(networkProfile as JsonObject), networkPlugin: 'kubenet' };
    const cluster = withProperties(rest.cluster, { networkProfile: other });
    expect(plan({ ...rest, cluster }).warnings).toContainEqual(expect.stringContaining('Start another environment'));
  });

  test('whose roles nobody has looked at is not judged by them', () => {
    const { roleAssignments: _, ...rest } = standing();
    expect(plan(rest).counts).toEqual({ create: 0, modify: 0, none: 6, foreign: 0 });
  });

  test('whose roles are missing gets them', () => {
    expect(plan({ ...standing(), roleAssignments: [] }).counts).toEqual({ create: 2, modify: 0, none: 6, foreign: 0 });
  });
});

describe('resources of others', () => {
  test('with a wanted name are conflicts, each with a remedy', () => {
    const actual: ActualResources = {
      resourceGroup: { location: 'eastus' },
      firewall: { ...standing().firewall, tags: { 'gatehouse-environment': 'other' } },
    };
    const { conflicts, counts } = plan(actual);
    expect(counts).toEqual({ create: 6, modify: 0, none: 0, foreign: 2 });
    expect(conflicts).toEqual([
      {
        path: resourceIds(spec).resourceGroup,
        message: expect.stringContaining('carries no tag gatehouse-environment'),
        remedy: expect.stringContaining('adopt'),
      },
      {
        path: resourceIds(spec).firewall,
        message: expect.stringContaining('belongs to the environment "other"'),
        remedy: expect.any(String),
      },
    ]);
    expect(rendered(plan(actual))).toBe(golden('conflicts'));
  });
});

describe('warnings', () => {
  test.each<[string, object, string]>([
    ['one frontend is little for production', {}, '2496 SNAT ports'],
    [
      'nodes need the preset aks',
      { egress: { presets: [] } },
      'No rule lets the nodes reach what AKS needs: *.hcp.eastus.azmk8s.io (the API server), mcr.microsoft.com',
    ],
    [
      'a rule to every host',
      { egress: { allow: { application: [{ name: 'all', fqdns: ['*'] }] } } },
      '"all" lets the cluster reach every host',
    ],
    [
      'a rule to every address',
      { egress: { allow: { network: [{ name: 'any', destinations: ['*'], ports: ['*'] }] } } },
      '"any" lets the cluster reach every address',
    ],
    [
      'Windows nodes need their preset',
      { cluster: { cni: 'azure-overlay', nodePools: [{ name: 'win', osType: 'Windows' }] } },
      'Without the preset "windows"',
    ],
    ['lists of another cloud are older', { location: 'chinanorth3' }, 'for the china cloud is as of 2023-06'],
  ])('%s', (_what, fields, text) => {
    expect(plan({}, fields).warnings).toContainEqual(expect.stringContaining(text));
  });

  test('running nodes keep their resolver', () => {
    const actual = { ...standing(), virtualNetwork: withProperties(standing().virtualNetwork, { dhcpOptions: {} }) };
    expect(plan(actual).warnings).toContainEqual(expect.stringContaining('Running nodes keep the old DNS servers'));
  });

  test('an open API server will be closed', () => {
    const actual = { ...standing(), cluster: withProperties(standing().cluster, { apiServerAccessProfile: {} }) };
    expect(plan(actual).warnings).toContainEqual(expect.stringContaining('open to the Internet now'));
  });
});
