import { parseEnvironmentSpec, type SpecContext } from '../../../shared/model/environmentSpec.ts';
import type { Problem } from '../../../shared/model/problem.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

const subscription = specContext.subscription;

function problemsOf(input: unknown, context: SpecContext = specContext): readonly Problem[] {
  const result = parseEnvironmentSpec(input, context);
  return result.ok ? [] : result.problems;
}

/** The problems of a spec that has a name and these fields. */
const problems = (fields: object, context?: SpecContext) => problemsOf({ name: 'shop', ...fields }, context);

describe('what is left out has a default', () => {
  test('a name alone is the article’s environment', () => {
    expect(articleSpec()).toEqual({
      name: 'aks-egress',
      subscription,
      location: 'eastus',
      network: {
        addressSpace: '10.42.0.0/16',
        clusterSubnet: { name: 'aks-subnet', prefix: '10.42.1.0/24' },
        firewallSubnet: { name: 'AzureFirewallSubnet', prefix: '10.42.2.0/24' },
      },
      firewall: {
        tier: 'Standard',
        rules: 'classic',
        zones: [],
        threatIntel: 'Alert',
        dnsProxy: true,
        publicIpCount: 1,
      },
      egress: { presets: ['aks', 'article'], allow: { application: [], network: [] }, apiServer: false },
      cluster: {
        name: 'aks-egress',
        nodeCount: 3,
        nodeSize: 'Standard_DS2_v2',
        cni: 'azure',
        identity: 'system-assigned',
        serviceCidr: '10.0.0.0/16',
        private: false,
      },
      access: { developers: [] },
      ingress: {
        expose: 'public',
        namespaces: 'all',
        allowedSources: 'all',
        allowedPorts: 'all',
        policy: 'sync',
        defaultSources: { public: ['*'], internal: [] },
        maxDeletes: { percent: 20, count: 5 },
      },
      drift: { action: 'repair' },
    });
  });

  test('a spec with every default written out is the same spec', () => {
    const spec = articleSpec();
    expect(parseEnvironmentSpec(structuredClone(spec), specContext)).toEqual({ ok: true, spec });
  });

  test('the result is frozen all through', () => {
    const spec = articleSpec({ access: { developers: [{ label: 'ana', cidr: '20.1.2.3' }] } });
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(spec)).toBe(true);
  });

  test('what is given takes its canonical form', () => {
    const spec = articleSpec({
      subscription: subscription.toUpperCase(),
      location: 'West Europe',
      egress: {
        presets: ['gpu', 'aks', 'gpu'],
        allow: { network: [{ name: 'db', destinations: ['20.1.2.3'], ports: [5432] }] },
      },
      access: { developers: [{ label: 'ana', cidr: '20.1.2.3' }] },
      network: { clusterSubnet: '10.42.4.0/22' },
    });
    expect(spec).toMatchObject({
      subscription,
      location: 'westeurope',
      egress: {
        presets: ['gpu', 'aks'],
        allow: {
          network: [{ name: 'db', protocols: ['TCP'], destinations: ['20.1.2.3/32'], fqdns: [], ports: ['5432'] }],
        },
      },
      access: { developers: [{ label: 'ana', cidr: '20.1.2.3/32' }] },
      network: { clusterSubnet: { name: 'aks-subnet', prefix: '10.42.4.0/22' } },
    });
  });
});

describe('the form of fields', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'aks-egress'],
    ['a list', [{ name: 'aks-egress' }]],
  ])('%s is no spec', (_what, input) => {
    expect(problemsOf(input)).toEqual([
      { path: '', message: 'a spec is an object', remedy: expect.stringContaining('"name"') },
    ]);
  });

  test('the name is required', () => {
    expect(problemsOf({})).toEqual([{ path: 'name', message: 'is required', remedy: expect.any(String) }]);
  });

  test.each(['', '-shop', 'shop-', 'Shop', 'shop_1', 'x'.repeat(41), 'sh op', 'shöp'])('%j is no name', (name) => {
    expect(problemsOf({ name }).map(({ path }) => path)).toEqual(['name']);
  });

  test.each(['a', '0', 'x'.repeat(40), 'shop-2'])('%j is a name', (name) => {
    expect(problemsOf({ name })).toEqual([]);
  });

  test('an unknown field is refused with the nearest known one', () => {
    expect(problems({ firewal: {}, network: { addresSpace: '10.0.0.0/8' }, zzz: 1 })).toEqual([
      {
        path: 'network.addresSpace',
        message: '"addresSpace" is no field here',
        remedy: 'Did you mean "addressSpace"?',
      },
      { path: 'firewal', message: '"firewal" is no field here', remedy: 'Did you mean "firewall"?' },
      {
        path: 'zzz',
        message: '"zzz" is no field here',
        remedy: expect.stringContaining('name, subscription, location'),
      },
    ]);
  });

  test('a wrong choice is refused with the nearest right one', () => {
    expect(problems({ firewall: { threatIntel: 'alert' } })).toEqual([
      {
        path: 'firewall.threatIntel',
        message: 'must be one of "Off", "Alert", "Deny", not "alert"',
        remedy: 'Did you mean "Alert"?',
      },
    ]);
  });

  test('a wrong type says which it is and which it should be', () => {
    expect(problems({ cluster: { nodeCount: 'three' }, network: null })).toEqual([
      { path: 'network', message: 'must be of type object, not null', remedy: expect.any(String) },
      { path: 'cluster.nodeCount', message: expect.stringContaining('not string'), remedy: expect.any(String) },
    ]);
  });

  test('a version that YAML has read as a number is to be quoted', () => {
    expect(problems({ cluster: { version: 1.33 } })[0]?.remedy).toContain('quotes');
  });

  test.each<[string, object, string]>([
    ['a name of a cluster', { cluster: { name: 'shop-' } }, 'cluster.name'],
    ['a name of a subnet', { network: { clusterSubnet: { name: '-x' } } }, 'network.clusterSubnet.name'],
    [
      'a name that Azure keeps',
      { network: { clusterSubnet: { name: 'GatewaySubnet' } } },
      'network.clusterSubnet.name',
    ],
    [
      'another name of the firewall subnet',
      { network: { firewallSubnet: { name: 'fw' } } },
      'network.firewallSubnet.name',
    ],
    ['a subscription that is no GUID', { subscription: 'production' }, 'subscription'],
    ['a location', { location: 'east/us' }, 'location'],
    ['no nodes', { cluster: { nodeCount: 0 } }, 'cluster.nodeCount'],
    ['half a node', { cluster: { nodeCount: 1.5 } }, 'cluster.nodeCount'],
    ['a node size', { cluster: { nodeSize: 'big' } }, 'cluster.nodeSize'],
    ['a preset', { egress: { presets: ['akz'] } }, 'egress.presets.0'],
    [
      'a URL as host',
      { egress: { allow: { application: [{ name: 'x', fqdns: ['https://x.io'] }] } } },
      'egress.allow.application.0.fqdns.0',
    ],
    [
      'a wildcard in a network rule',
      { egress: { allow: { network: [{ name: 'x', fqdns: ['*.x.io'], ports: [1] }] } } },
      'egress.allow.network.0.fqdns.0',
    ],
    ['a rule to nowhere', { egress: { allow: { network: [{ name: 'x', ports: [1] }] } } }, 'egress.allow.network.0'],
    [
      'a port',
      { egress: { allow: { network: [{ name: 'x', destinations: ['*'], ports: ['9-1'] }] } } },
      'egress.allow.network.0.ports.0',
    ],
    [
      'an IPv6 destination',
      { egress: { allow: { network: [{ name: 'x', destinations: ['::/0'], ports: [1] }] } } },
      'egress.allow.network.0.destinations.0',
    ],
  ])('%s is refused', (_what, fields, path) => {
    const found = problems(fields);
    expect(found.map((problem) => problem.path)).toEqual([path]);
    expect(found[0]?.remedy).not.toBe('');
  });

  test('everything that is wrong is reported at once, whether form or relation', () => {
    const found = problemsOf(
      {
        nmae: 'shop',
        location: 7,
        network: { addressSpace: '10.42.0.1/16', firewallSubnet: { prefix: '10.42.1.0/25' } },
        firewall: { tier: 'Gold', zones: ['9'] },
        cluster: { nodeCount: 20 },
        access: {
          developers: [
            { label: 'ana', cidr: '0.0.0.0/0' },
            { label: 'ana', cidr: '20.1.2.3' },
          ],
        },
      },
      { allowedScopes: [], outboundRanges: [] },
    );
    expect(found.map(({ path }) => path).toSorted()).toEqual([
      'access',
      'access.developers.0.cidr',
      'access.developers.1.label',
      'firewall.tier',
      'firewall.zones.0',
      'location',
      'name',
      'network.addressSpace',
      'network.clusterSubnet.prefix',
      'network.firewallSubnet.prefix',
      'nmae',
      'subscription',
      'subscription',
    ]);
    expect(found.every(({ message, remedy }) => message !== '' && remedy !== '')).toBe(true);
  });
});

describe('a broken entry of a list does not hide what is wrong with the others', () => {
  const paths = (fields: object) => problems(fields).map(({ path }) => path);
  const expires = 'soon';

  test.each<[string, object]>([
    ['a bad range', { label: 'ana', cidr: '10.0.0.1' }],
    ['a field that is unknown', { label: 'ana', cidr: '20.1.2.3', cdir: '' }],
  ])('%s beside a grant whose expiry is no time', (_what, broken) => {
    const developers = [broken, { label: 'ben', cidr: '20.1.2.4', expires }];
    expect(paths({ access: { developers } })).toEqual([
      expect.stringMatching(/^access\.developers\.0\.c/),
      'access.developers.1.expires',
    ]);
  });

  test('a grant may be wrong in several ways', () => {
    expect(paths({ access: { developers: [{ cidr: 'home', expires }] } })).toEqual([
      'access.developers.0.label',
      'access.developers.0.cidr',
      'access.developers.0.expires',
    ]);
  });

  test('an expiry that is no time is told so once', () => {
    expect(paths({ access: { developers: [{ label: 'ana', cidr: '20.1.2.3', expires: 'soon' }] } })).toEqual([
      'access.developers.0.expires',
    ]);
  });

  test('an unknown preset beside one that the cloud lacks', () => {
    expect(paths({ location: 'usgovvirginia', egress: { presets: ['akz', 'monitor'] } })).toEqual([
      'egress.presets.0',
      'egress.presets',
    ]);
  });

  test('a bad destination makes no other problem of its rule', () => {
    const network = [{ name: 'db', destinations: ['::/0'], ports: [5432] }];
    expect(paths({ egress: { allow: { network } } })).toEqual(['egress.allow.network.0.destinations.0']);
  });
});

describe('the network', () => {
  const only = (fields: object) => {
    const [problem, ...others] = problems(fields);
    expect(others).toEqual([]);
    return problem;
  };

  test('a misaligned range is told where it would start', () => {
    expect(only({ network: { clusterSubnet: { prefix: '10.42.1.5/24' } } })).toEqual({
      path: 'network.clusterSubnet.prefix',
      message: "10.42.1.5/24 doesn't start at its network address",
      remedy: 'Write 10.42.1.0/24, or choose another prefix length.',
    });
  });

  test('a range needs its prefix length', () => {
    expect(only({ network: { addressSpace: '10.42.0.0' } })?.message).toContain('prefix length');
  });

  test('a firewall subnet narrower than /26 is refused', () => {
    expect(only({ network: { firewallSubnet: { prefix: '10.42.2.0/27' } } })).toMatchObject({
      path: 'network.firewallSubnet.prefix',
      message: expect.stringContaining('/26'),
      remedy: 'Give a range of /26 or wider.',
    });
  });

  test('a network wider than Azure takes is told how wide it may be', () => {
    expect(problems({ network: { addressSpace: '8.0.0.0/7' } })).toContainEqual(
      expect.objectContaining({ path: 'network.addressSpace', remedy: 'Give a range of /8 or narrower.' }),
    );
  });

  test('subnets must not overlap', () => {
    expect(only({ network: { firewallSubnet: { prefix: '10.42.1.128/25' } } })).toEqual({
      path: 'network.firewallSubnet.prefix',
      message: "the firewall's subnet 10.42.1.128/25 overlaps the cluster's subnet 10.42.1.0/24",
      remedy: 'Move it clear of 10.42.1.0/24.',
    });
  });

  test('a subnet must lie in the address space', () => {
    expect(only({ network: { firewallSubnet: { prefix: '10.50.0.0/24' } } })).toMatchObject({
      path: 'network.firewallSubnet.prefix',
      message: expect.stringContaining('outside the address space 10.42.0.0/16'),
    });
  });

  test('services must stay clear of the network', () => {
    expect(only({ cluster: { serviceCidr: '10.42.128.0/17' } })).toMatchObject({
      path: 'cluster.serviceCidr',
      message: 'the service CIDR 10.42.128.0/17 overlaps the address space 10.42.0.0/16',
    });
  });

  test('pods must stay clear of services', () => {
    expect(problems({ cluster: { podCidr: '10.0.128.0/17' } })).toContainEqual(
      expect.objectContaining({
        path: 'cluster.podCidr',
        message: expect.stringContaining('overlaps the service CIDR'),
      }),
    );
  });

  test('ranges that AKS keeps for itself are refused', () => {
    expect(only({ cluster: { serviceCidr: '172.30.0.0/17' } })?.message).toContain('AKS keeps for itself');
  });

  test('the cluster’s subnet must have an address for every pod', () => {
    expect(only({ network: { clusterSubnet: { prefix: '10.42.1.0/25' } } })).toEqual({
      path: 'network.clusterSubnet.prefix',
      message: expect.stringContaining('has 128 addresses, and 3 nodes need 129'),
      remedy: 'Use a /24 or wider, or fewer nodes, or cluster.cni azure-overlay.',
    });
    expect(problems({ network: { clusterSubnet: { prefix: '10.42.1.0/25' } }, cluster: { nodeCount: 2 } })).toEqual([]);
  });

  test('a broken range is not judged further', () => {
    expect(problems({ network: { addressSpace: 'wide' } }).map(({ path }) => path)).toEqual(['network.addressSpace']);
  });
});

describe('where an environment may be created', () => {
  const paths = (found: readonly Problem[]) => found.map(({ path }) => path);

  test('without a subscription the setting is named', () => {
    const [problem] = problems({}, { ...specContext, subscription: undefined } as never);
    expect(problem).toMatchObject({ path: 'subscription', remedy: expect.stringContaining('GATEHOUSE_SUBSCRIPTION') });
  });

  test('without allowed scopes nothing is allowed, and the setting is named', () => {
    const [problem, ...others] = problems({}, { ...specContext, allowedScopes: [] });
    expect(problem).toMatchObject({
      path: 'subscription',
      remedy: expect.stringContaining('GATEHOUSE_ALLOWED_SCOPES'),
    });
    expect(others).toEqual([]);
  });

  test('a subscription outside the allowed scopes is refused', () => {
    expect(paths(problems({ subscription: '11111111-1111-1111-1111-111111111111' }))).toEqual(['subscription']);
  });

  test.each([
    ['the subscription', `/subscriptions/${subscription}`, true],
    ['the subscription in capitals, with a slash at its end', `/SUBSCRIPTIONS/${subscription.toUpperCase()}/`, true],
    ['the very resource group', `/subscriptions/${subscription}/resourceGroups/shop-rg`, true],
    ['a resource group whose name only begins alike', `/subscriptions/${subscription}/resourceGroups/shop-r`, false],
    ['another resource group', `/subscriptions/${subscription}/resourceGroups/other-rg`, false],
    ['nothing', '', false],
  ])('%s as scope', (_what, scope, allowed) => {
    expect(problems({}, { ...specContext, allowedScopes: [scope] })).toHaveLength(allowed ? 0 : 1);
  });

  test('the API server is not restricted without the app’s own addresses', () => {
    expect(problems({}, { ...specContext, outboundRanges: [] })).toEqual([
      { path: 'access', message: expect.any(String), remedy: expect.stringContaining('GATEHOUSE_OUTBOUND_RANGES') },
    ]);
  });
});

describe('the app’s own addresses', () => {
  const own = (...outboundRanges: string[]) => problems({}, { ...specContext, outboundRanges });

  test.each(['20.1.2.3', '20.1.0.0/16', '203.0.113.0/24'])('%s is let into the API server', (range) => {
    expect(own(range)).toEqual([]);
  });

  test.each([
    ['office', 'no IPv4 range'],
    ['20.1.2.3/24', 'network address'],
    ['::1', 'IPv6'],
    ['0.0.0.0/0', 'open the API server'],
    ['20.0.0.0/15', 'wider than /16'],
    ['10.0.0.0/8', 'wider than /16'],
    ['10.1.2.0/24', 'private'],
    ['192.168.1.4', 'private'],
  ])('%s is a mistake in the settings', (range, why) => {
    expect(own('20.1.2.3', range)).toEqual([
      {
        path: 'access',
        message: expect.stringMatching(`"${range}".*${why}`),
        remedy: expect.stringContaining('GATEHOUSE_OUTBOUND_RANGES'),
      },
    ]);
  });

  test('two halves of the Internet are refused like the whole', () => {
    expect(own('0.0.0.0/1', '128.0.0.0/1').map(({ message }) => message)).toEqual([
      expect.stringContaining('"0.0.0.0/1"'),
      expect.stringContaining('"128.0.0.0/1"'),
    ]);
  });
});

describe('developer grants', () => {
  const grant = (cidr: string) => problems({ access: { developers: [{ label: 'ana', cidr }] } });

  test.each(['20.1.2.3', '20.1.0.0/16', '203.0.113.0/24'])('%s is granted', (cidr) => {
    expect(grant(cidr)).toEqual([]);
  });

  test.each([
    ['0.0.0.0/0', 'open the API server'],
    ['20.0.0.0/15', 'wider than /16'],
    ['10.1.2.0/24', 'private'],
    ['100.64.1.0/24', 'private'],
    ['20.1.2.3/24', 'network address'],
    ['2001:db8::1', 'IPv6'],
    ['home', 'no IPv4 range'],
  ])('%s is refused', (cidr, message) => {
    expect(grant(cidr)).toEqual([
      { path: 'access.developers.0.cidr', message: expect.stringContaining(message), remedy: expect.any(String) },
    ]);
  });

  test('each label is used once', () => {
    const developers = [
      { label: 'ana', cidr: '20.1.2.3' },
      { label: 'ana', cidr: '20.1.2.4' },
    ];
    expect(problems({ access: { developers } }).map(({ path }) => path)).toEqual(['access.developers.1.label']);
  });

  test('Azure takes no more than 200 ranges in all', () => {
    const developers = Array.from({ length: 199 }, (_, index) => ({ label: `d${index}`, cidr: `20.1.2.${index}` }));
    expect(problems({ access: { developers: developers.slice(0, 198) } })).toEqual([]);
    expect(problems({ access: { developers } })).toEqual([
      { path: 'access.developers', message: expect.stringContaining('201'), remedy: expect.any(String) },
    ]);
  });
});

describe('ingress', () => {
  test('everything that services may be allowed takes its canonical form', () => {
    const ingress = {
      expose: 'annotated',
      namespaces: ['shop', 'blog'],
      allowedSources: ['203.0.113.9', '0.0.0.0/0', '*'],
      allowedPorts: [443, '8000-8100'],
      policy: 'upsert-only',
      defaultSources: { public: ['198.51.100.0/24'] },
      maxDeletes: { percent: 0 },
    };
    expect(articleSpec({ ingress, drift: { action: 'report' } })).toMatchObject({
      ingress: {
        ...ingress,
        allowedSources: ['203.0.113.9/32', '*', '*'],
        allowedPorts: ['443', '8000-8100'],
        defaultSources: { public: ['198.51.100.0/24'], internal: [] },
        maxDeletes: { percent: 0, count: 5 },
      },
      drift: { action: 'report' },
    });
  });

  test.each<[string, object]>([
    ['ingress.expose', { expose: 'everything' }],
    ['ingress.policy', { policy: 'delete' }],
    ['ingress.namespaces.0', { namespaces: ['Shop'] }],
    ['ingress.allowedSources.0', { allowedSources: ['203.0.113.9/24'] }],
    ['ingress.allowedSources.0', { allowedSources: ['2001:db8::/32'] }],
    ['ingress.allowedPorts.0', { allowedPorts: [64_000] }],
    ['ingress.defaultSources.public.0', { defaultSources: { public: ['Internet'] } }],
    ['ingress.maxDeletes.percent', { maxDeletes: { percent: 101 } }],
    ['ingress.maxDeletes.count', { maxDeletes: { count: -1 } }],
  ])('%s is refused where it can’t be used', (path, ingress) => {
    expect(problems({ ingress })).toEqual([{ path, message: expect.any(String), remedy: expect.any(String) }]);
  });
});

test('a grant that ends does so at a time in UTC', () => {
  const ending = (expires: string) => ({ access: { developers: [{ label: 'ana', cidr: '20.1.2.3', expires }] } });
  expect(articleSpec(ending('2030-01-01T01:00:00+01:00')).access.developers).toEqual([
    { label: 'ana', cidr: '20.1.2.3/32', expires: '2030-01-01T00:00:00.000Z' },
  ]);
  expect(problems(ending('next year')).map(({ path }) => path)).toEqual(['access.developers.0.expires']);
});

describe('what is not built yet is refused, never ignored', () => {
  test('presets that are not documented for a cloud', () => {
    expect(problems({ location: 'usgovvirginia', egress: { presets: ['aks', 'monitor'] } })).toEqual([
      {
        path: 'egress.presets',
        message: expect.stringContaining('government'),
        remedy: expect.stringContaining('egress.allow'),
      },
    ]);
  });
});

test('a rule to the API server keeps its name to itself', () => {
  const rule = { name: 'Gatehouse-Api-Server', destinations: ['198.51.100.20'], ports: ['443'] };
  expect(problems({ egress: { apiServer: true, allow: { network: [rule] } } })).toMatchObject([
    { path: 'egress.allow.network', remedy: 'Give the rule another name.' },
  ]);
  expect(problems({ egress: { allow: { network: [rule] } } })).toEqual([]);
});

test('a location of another cloud than the app’s is refused with one that would do', () => {
  expect(problems({ location: 'usgovvirginia' }, { ...specContext, cloud: 'china' })).toMatchObject([
    { path: 'location', remedy: expect.stringContaining('chinanorth3') },
  ]);
  expect(problems({ location: 'chinanorth3' }, { ...specContext, cloud: 'china' })).toEqual([]);
  expect(problems({ location: 'chinanorth3' })).toEqual([]);
});
