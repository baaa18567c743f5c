import fc from 'fast-check';
import { sourcePolicy, type ClientSources } from '../../../shared/desired/clientSources.ts';
import { contains, rangeOf, trustedRange } from '../../../shared/model/ipRange.ts';
import { articleSpec } from '../../support/spec.ts';
import { factsFor, service, type ServiceSketch } from '../plan/ingressScene.ts';

function sourcesOf(sketch: ServiceSketch, { internal = false, ingress = {} } = {}): ClientSources {
  return sourcePolicy(articleSpec({ ingress }), factsFor([])).sourcesOf(service(sketch), internal);
}

const listed = (...loadBalancerSourceRanges: readonly string[]): ServiceSketch => ({ loadBalancerSourceRanges });
const asked = (sources: string): ServiceSketch => ({ annotations: { 'gatehouse.dev/sources': sources } });

test('the annotation comes before what the load balancer is told, and that before the default', () => {
  expect(sourcesOf({ ...listed('198.51.100.0/24'), ...asked('203.0.113.0/24') })).toMatchObject({
    sources: ['203.0.113.0/24'],
  });
  expect(sourcesOf(listed('198.51.100.0/24'))).toMatchObject({ sources: ['198.51.100.0/24'] });
  expect(sourcesOf({})).toMatchObject({ sources: ['*'] });
});

test('the firewall’s subnet and frontends are taken out', () => {
  expect(sourcesOf(listed('203.0.113.0/24', '10.42.2.0/24', '10.42.2.4/32', '20.62.10.30/32'))).toMatchObject({
    sources: ['203.0.113.0/24'],
  });
});

test('with nothing else in the list nobody may come', () => {
  expect(sourcesOf(listed('10.42.2.0/24'))).toMatchObject({ ok: false, code: 'no-client-range' });
  expect(sourcesOf(listed('2001:db8::/32'))).toMatchObject({ ok: false, code: 'no-client-range' });
});

test('an internal load balancer without sources is open to nobody', () => {
  expect(sourcesOf({}, { internal: true })).toMatchObject({ ok: false, code: 'no-client-range' });
});

describe('the owner is warned', () => {
  const warnings = (sketch: ServiceSketch, internal = false) => {
    const sources = sourcesOf(sketch, { internal });
    return sources.ok ? sources.warnings : [];
  };

  test('of a public load balancer whose list lacks the frontend', () => {
    expect(warnings(listed('203.0.113.0/24'))).toEqual([expect.stringContaining('lacks 20.62.10.30/32')]);
    expect(warnings(listed('203.0.113.0/24', '20.62.10.30/32'))).toEqual([]);
  });

  test('of an internal one whose list lacks the firewall’s subnet', () => {
    expect(warnings(listed('203.0.113.0/24'), true)).toEqual([expect.stringContaining('lacks 10.42.2.0/24')]);
    expect(warnings(listed('203.0.113.0/24', '10.0.0.0/8'), true)).toEqual([]);
  });

  test('of a port that is open to everybody because nobody said anything', () => {
    expect(warnings({})).toEqual([expect.stringContaining('whole Internet')]);
    expect(warnings(asked('*'))).toEqual([]);
  });
});

describe('the spec’s cap', () => {
  const ingress = { allowedSources: ['203.0.113.0/24', '198.51.100.0/24'] };

  test('narrows what is wider and drops what is elsewhere', () => {
    const sources = sourcesOf(asked('203.0.113.9, 198.51.0.0/16, 192.0.2.0/24'), { ingress });
    expect(sources).toMatchObject({ sources: ['198.51.100.0/24', '203.0.113.9/32'] });
    expect(sources).toMatchObject({ warnings: [expect.stringContaining('cut down')] });
  });

  test('stands for everybody', () => {
    expect(sourcesOf({}, { ingress })).toMatchObject({ sources: ['198.51.100.0/24', '203.0.113.0/24'] });
  });
});

test('nothing is ever let in that neither list nor default names', () => {
  const cidr = fc.constantFrom('203.0.113.0/24', '203.0.113.9/32', '198.51.0.0/16', '10.42.2.0/24', '20.62.10.30/32');
  const text = fc.oneof(cidr, fc.constantFrom('', '*', '1.2.3.4/33', '2001:db8::/32', '203.0.113.1/24', 'office'));
  const allowed = fc.oneof(fc.constant('all'), fc.array(cidr, { minLength: 1, maxLength: 2 }));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), allowed, (texts, allowedSources) => {
      const sources = sourcesOf(listed(...texts), { ingress: { allowedSources } });
      if (!sources.ok) return;
      const within = (outer: readonly string[], inner: string) =>
        outer.some((one) => contains(trustedRange(one === '*' ? '0.0.0.0/0' : one), trustedRange(inner)));
      const known = texts.filter((one) => one === '*' || rangeOf(one) !== undefined);
      for (const source of sources.sources) {
        const cidr = source === '*' ? '0.0.0.0/0' : source;
        expect(within(known, cidr)).toBe(true);
        expect(allowedSources === 'all' || within(allowedSources as string[], cidr)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
