import fc from 'fast-check';
import { requiredNames } from '../../../shared/desired/requiredEgress.ts';
import { cloudOf } from '../../../shared/model/cloud.ts';
import { covers, egressCoverage } from '../../../shared/plan/egressCoverage.ts';
import { articleSpec } from '../../support/spec.ts';

const missing = (egress: object, location = 'eastus') =>
  egressCoverage(articleSpec({ location, egress })).missing.map(({ fqdn }) => fqdn);
const application = (...fqdns: string[]) => ({ allow: { application: [{ name: 'own', fqdns }] } });
const network = (rule: object) => ({ allow: { network: [{ name: 'own', ...rule }] } });
const none = { presets: [] };

test.each(['eastus', 'usgovvirginia', 'chinanorth3'])('the preset aks covers everything in %s', (location) => {
  expect(missing({ presets: ['aks'] }, location)).toEqual([]);
  expect(missing({ presets: ['article'] }, location).length).toBe(requiredNames(cloudOf(location), location).length);
});

test('an allow list in its place has to name every one, itself or by a wildcard above it', () => {
  const names = requiredNames('public', 'eastus').map(({ fqdn }) => fqdn);
  expect(missing({ ...none, ...application(...names) })).toEqual([]);
  expect(missing({ ...none, ...application('*') })).toEqual([]);
  expect(missing({ ...none, ...application(...names.filter((name) => name !== 'mcr.microsoft.com')) })).toEqual([
    'mcr.microsoft.com',
  ]);
  expect(missing({ ...none, ...application('*.microsoft.com', '*.azmk8s.io') })).toEqual([
    'management.azure.com',
    'login.microsoftonline.com',
    'acs-mirror.azureedge.net',
    'packages.aks.azure.com',
  ]);
});

test('another protocol or port lets nothing out', () => {
  expect(
    missing({ ...none, allow: { application: [{ name: 'own', fqdns: ['*'], protocols: ['http:80'] }] } }).length,
  ).toBe(8);
  expect(missing({ ...none, ...network({ destinations: ['*'], ports: ['80'] }) }).length).toBe(8);
  expect(missing({ ...none, ...network({ destinations: ['*'], ports: ['443'], protocols: ['UDP'] }) }).length).toBe(8);
});

test('a network rule to everywhere does, and one to a name for that name', () => {
  expect(missing({ ...none, ...network({ destinations: ['*'], ports: ['400-500'] }) })).toEqual([]);
  expect(missing({ ...none, ...network({ destinations: ['10.0.0.0/8'], ports: ['*'] }) }).length).toBe(8);
  expect(missing({ ...none, ...network({ fqdns: ['mcr.microsoft.com'], ports: ['443'] }) })).not.toContain(
    'mcr.microsoft.com',
  );
});

test('what the article opens and AKS needs no longer is told, where the documentation says so', () => {
  const rules = (location: string) => egressCoverage(articleSpec({ location })).needless.map(({ rule }) => rule);
  expect(rules('eastus')).toEqual(['apiudp (UDP 1194)', 'apitcp (TCP 9000)', 'time (UDP 123)']);
  expect(rules('chinanorth3')).toEqual([]);
});

const label = fc.stringMatching(/^[a-z]{1,4}$/);
const host = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));

test('a wildcard covers what is below it at any depth, and never the name itself or its neighbours', () => {
  fc.assert(
    fc.property(host, fc.array(label, { minLength: 1, maxLength: 3 }), (name, below) => {
      const inner = [...below, name].join('.');
      expect(covers(`*.${name}`, inner)).toBe(true);
      expect(covers(`*.${name}`.toUpperCase(), `*.${inner}`)).toBe(true);
      expect(covers(`*.${name}`, name)).toBe(false);
      expect(covers(`*.${name}`, `x${name}`)).toBe(false);
      expect(covers(name, `*.${name}`)).toBe(false);
      expect(covers('*', inner)).toBe(true);
      expect(covers(name, name)).toBe(true);
    }),
  );
});

test('allowing more never makes anything missing', () => {
  const names = requiredNames('public', 'eastus').map(({ fqdn }) => fqdn);
  fc.assert(
    fc.property(
      fc.subarray(names, { minLength: 1 }),
      fc.subarray(['*.microsoft.com', '*.azure.com', 'example.com']),
      (some, more) => {
        const before = missing({ ...none, ...application(...some) });
        const after = missing({ ...none, ...application(...some, ...more) });
        expect(before).toEqual(expect.arrayContaining(after));
        expect(before.filter((name) => some.includes(name))).toEqual([]);
      },
    ),
    { numRuns: 50 },
  );
});
