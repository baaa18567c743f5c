import fc from 'fast-check';
import { egressCatalogue } from '../../../shared/desired/egressCatalogue.ts';
import { egressCollections, egressOf, ownCollectionNames } from '../../../shared/desired/egress.ts';
import { cloudOf, type Cloud } from '../../../shared/model/cloud.ts';
import { presetsOfCloud } from '../../../shared/model/presetsOfCloud.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import { aJumpbox, articleSpec } from '../../support/spec.ts';

const presetNames = presetsOfCloud.public;
const locations: Record<Cloud, string> = { public: 'eastus', government: 'usgovvirginia', china: 'chinanorth3' };

const named = (collections: readonly JsonObject[]) =>
  collections as unknown as { name: string; properties: { priority: number; rules: { name: string }[] } }[];

test('presets come to collections with stable names and priorities', () => {
  const { application, network } = egressCollections(articleSpec({ egress: { presets: presetNames } }));
  const list = (collections: readonly JsonObject[]) =>
    named(collections).map((one) => `${one.properties.priority} ${one.name}`);
  expect(list(application)).toEqual([
    '100 aksfwar',
    '101 aksfwarweb',
    '110 ubuntu-updates',
    '120 gpu',
    '130 windows',
    '140 monitor',
    '150 defender',
    '160 policy',
    '170 key-vault',
  ]);
  expect(list(network)).toEqual(['100 aksfwnr', '140 monitor']);
});

test('every name that a collection can have is known as ours', () => {
  const allow = {
    application: [{ name: 'a', fqdns: ['a.example.com'] }],
    network: [{ name: 'n', destinations: ['20.1.2.3'], ports: [1] }],
  };
  const { application, network } = egressCollections(
    articleSpec({ egress: { presets: presetNames, allow }, jumpbox: aJumpbox }),
  );
  expect(named(application).map(({ name }) => name)).toEqual(ownCollectionNames.applicationRuleCollections);
  expect(named(network).map(({ name }) => name)).toEqual(ownCollectionNames.networkRuleCollections);
});

test('any choice of presets has unique names and priorities, and leaves the others as they were', () => {
  const all = egressCollections(articleSpec({ egress: { presets: presetNames } }));
  fc.assert(
    fc.property(fc.shuffledSubarray([...presetNames]), (presets) => {
      const chosen = egressCollections(articleSpec({ egress: { presets } }));
      for (const kind of ['application', 'network'] as const) {
        const collections = named(chosen[kind]);
        expect(new Set(collections.map(({ name }) => name)).size).toBe(collections.length);
        expect(new Set(collections.map(({ properties }) => properties.priority)).size).toBe(collections.length);
        expect(all[kind]).toEqual(expect.arrayContaining([...chosen[kind]]));
      }
    }),
    { numRuns: 50 },
  );
});

test('every preset of every cloud has names, and says as of when', () => {
  for (const cloud of Object.keys(locations) as Cloud[]) {
    expect(cloudOf(locations[cloud])).toBe(cloud);
    for (const preset of presetNames) {
      expect(egressCatalogue[preset].asOf[cloud] !== undefined).toBe(presetsOfCloud[cloud].includes(preset));
    }
    const spec = articleSpec({ location: locations[cloud], egress: { presets: presetsOfCloud[cloud] } });
    for (const { properties } of named(egressCollections(spec).application)) {
      for (const rule of properties.rules as { targetFqdns?: string[]; fqdnTags?: string[] }[]) {
        expect([...(rule.targetFqdns ?? []), ...(rule.fqdnTags ?? [])].length).toBeGreaterThan(0);
      }
    }
  }
});

test('names that belong to the public cloud stay out of the others', () => {
  for (const cloud of ['government', 'china'] as const) {
    const spec = articleSpec({ location: locations[cloud], egress: { presets: presetsOfCloud[cloud] } });
    const text = JSON.stringify(egressCollections(spec));
    expect(text).not.toContain('windows.net');
    expect(text).not.toContain('management.azure.com');
    expect(text).not.toContain('login.microsoftonline.com');
    expect(text).toContain(`AzureCloud.${locations[cloud]}`);
  }
});

test('the spec’s own rules go into a collection of their own, from the cluster’s subnet', () => {
  const spec = articleSpec({
    egress: {
      presets: [],
      allow: {
        application: [{ name: 'registry', fqdns: ['registry.example.com'], protocols: ['https:443', 'http:8080'] }],
        network: [
          { name: 'db', destinations: ['20.1.2.0/24', 'Sql.EastUS'], ports: [1433, '11000-11999'] },
          { name: 'ntp', fqdns: ['time.example.com'], protocols: ['UDP'], ports: [123] },
        ],
      },
    },
  });
  expect(egressCollections(spec)).toEqual({
    application: [
      {
        name: 'egress-allow',
        properties: {
          priority: 200,
          action: { type: 'Allow' },
          rules: [
            {
              name: 'registry',
              sourceAddresses: ['10.42.1.0/24'],
              protocols: [
                { protocolType: 'Https', port: 443 },
                { protocolType: 'Http', port: 8080 },
              ],
              targetFqdns: ['registry.example.com'],
            },
          ],
        },
      },
    ],
    network: [
      {
        name: 'egress-allow',
        properties: {
          priority: 200,
          action: { type: 'Allow' },
          rules: [
            {
              name: 'db',
              protocols: ['TCP'],
              sourceAddresses: ['10.42.1.0/24'],
              destinationAddresses: ['20.1.2.0/24', 'Sql.EastUS'],
              destinationPorts: ['1433', '11000-11999'],
            },
            {
              name: 'ntp',
              protocols: ['UDP'],
              sourceAddresses: ['10.42.1.0/24'],
              destinationFqdns: ['time.example.com'],
              destinationPorts: ['123'],
            },
          ],
        },
      },
    ],
  });
});

test('no presets and no rules are no collections: Azure refuses empty ones', () => {
  expect(egressCollections(articleSpec({ egress: { presets: [] } }))).toEqual({ application: [], network: [] });
});

test.each([
  ['eastus', 'management.azure.com', '*.hcp.eastus.azmk8s.io', 'dl.k8s.io'],
  [
    'usgovvirginia',
    'management.usgovcloudapi.net',
    '*.hcp.usgovvirginia.cx.aks.containerservice.azure.us',
    'dl.k8s.io',
  ],
  ['chinaeast2', 'management.chinacloudapi.cn', '*.hcp.chinaeast2.cx.prod.service.azk8s.cn', 'mirror.azure.cn'],
])('a jumpbox in %s is let out to what it needs, and nobody else is', (location, ...names) => {
  const presets = ['aks'];
  const egress = egressOf(articleSpec({ location, egress: { presets }, jumpbox: aJumpbox }));
  const rules = egress.application.find(({ name }) => name === 'gatehouse-jumpbox')?.rules ?? [];
  const fqdns = rules.flatMap((rule) => rule.fqdns ?? []);
  expect(fqdns).toEqual(expect.arrayContaining([...names, 'packages.microsoft.com', 'azure.archive.ubuntu.com']));
  expect(fqdns).not.toContain('mcr.microsoft.com');
  expect(new Set(rules.flatMap(({ sources }) => sources))).toEqual(new Set(['10.42.4.0/28']));
  const others = [...egress.application, ...egress.network].filter(({ name }) => name !== 'gatehouse-jumpbox');
  expect(JSON.stringify(others)).not.toContain('10.42.4.0');
});
