import fc from 'fast-check';
import {
  addressAt,
  addressCount,
  canonicalRange,
  contains,
  isPrivate,
  mergeRanges,
  overlaps,
  parseRange,
  prefixLengthFor,
  rangeOf,
  trustedRange,
} from '../../../shared/model/ipRange.ts';

const anyRange = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefixLength]) => {
    const size = 2 ** (32 - prefixLength);
    const first = address - (address % size);
    return trustedRange(`${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.')}/${prefixLength}`);
  });

describe('reading a range', () => {
  test('a CIDR is taken as it is', () => {
    expect(parseRange('10.42.0.0/16')).toEqual({
      ok: true,
      range: { cidr: '10.42.0.0/16', first: 170524672, last: 170590207, prefixLength: 16 },
    });
  });

  test('a bare address is its /32', () => {
    expect(rangeOf('1.2.3.4')?.cidr).toBe('1.2.3.4/32');
    expect(canonicalRange('1.2.3.4')).toBe('1.2.3.4/32');
  });

  test('a CIDR that does not start at its network address is told where it would', () => {
    expect(parseRange('10.42.1.5/24')).toEqual({ ok: false, reason: 'misaligned', aligned: '10.42.1.0/24' });
  });

  test.each(['', '10.42', '10.42.0.0/33', '10.42.0.0/', '10.42.0.0/16/8', '010.0.0.1', '256.0.0.1', '1.2.3.4/ 8', 'x'])(
    '%j is no range',
    (text) => {
      expect(parseRange(text)).toEqual({ ok: false, reason: 'not-a-range' });
    },
  );

  test('IPv6 is told apart', () => {
    expect(parseRange('2001:db8::/32')).toEqual({ ok: false, reason: 'ipv6' });
  });

  test('what is no range stays as it is', () => {
    expect(canonicalRange('AzureCloud.eastus')).toBe('AzureCloud.eastus');
  });

  test('a constant that is no range is a mistake in the code', () => {
    expect(() => trustedRange('10.0.0.1/8')).toThrow('10.0.0.1/8');
  });
});

describe('comparing ranges', () => {
  test('containing, overlapping and being clear of each other', () => {
    const [network, subnet, other] = ['10.42.0.0/16', '10.42.1.0/24', '10.43.0.0/16'].map(trustedRange);
    expect(contains(network!, subnet!)).toBe(true);
    expect(contains(subnet!, network!)).toBe(false);
    expect(overlaps(subnet!, network!)).toBe(true);
    expect(overlaps(network!, other!)).toBe(false);
  });

  test('ranges overlap exactly when one contains the other', () => {
    fc.assert(
      fc.property(anyRange, anyRange, (a, b) => {
        expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
      }),
    );
  });

  test('addresses are counted and found by number', () => {
    expect(addressCount(trustedRange('10.0.0.0/16'))).toBe(65536);
    expect(addressAt(trustedRange('10.0.0.0/16'), 10)).toBe('10.0.0.10');
    expect(addressAt(trustedRange('255.255.255.0/24'), 255)).toBe('255.255.255.255');
  });

  test('the smallest range that holds a number of addresses', () => {
    expect([128, 129, 256].map(prefixLengthFor)).toEqual([25, 24, 24]);
  });

  test.each([
    ['10.1.0.0/16', true],
    ['172.16.5.0/24', true],
    ['192.168.1.1', true],
    ['100.64.0.0/16', true],
    ['127.0.0.1', true],
    ['169.254.169.254', true],
    ['192.168.0.0/16', true],
    ['20.62.10.30', false],
    ['203.0.113.0/24', false],
  ])('%s: private %s', (text, expected) => {
    expect(isPrivate(trustedRange(text))).toBe(expected);
  });
});

describe('merging authorized ranges', () => {
  test('a range that is covered already is no change', () => {
    expect(mergeRanges(['20.0.0.0/8'], ['20.62.10.30'])).toEqual(['20.0.0.0/8']);
    expect(mergeRanges(['20.62.10.30'], ['20.62.10.30/32'])).toEqual(['20.62.10.30']);
  });

  test('what is missing is added in canonical form, what is there keeps its spelling and place', () => {
    expect(mergeRanges(['1.2.3.4'], ['20.62.10.30'])).toEqual(['1.2.3.4', '20.62.10.30/32']);
  });

  test('it only grows, covers everything, and merging again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyRange), fc.array(anyRange), (existing, wanted) => {
        const before = existing.map(({ cidr }) => cidr);
        const merged = mergeRanges(
          before,
          wanted.map(({ cidr }) => cidr),
        );
        expect(merged.slice(0, before.length)).toEqual(before);
        const ranges = merged.map(trustedRange);
        expect(wanted.every((range) => ranges.some((outer) => contains(outer, range)))).toBe(true);
        expect(
          mergeRanges(
            merged,
            wanted.map(({ cidr }) => cidr),
          ),
        ).toEqual(merged);
      }),
    );
  });
});
