import { parseGrant, widerRange, type GrantContext, type GrantResult } from '../../../shared/model/grant.ts';

const context: GrantContext = {
  now: new Date('2026-06-01T12:00:00Z'),
  ranges: ['20.62.10.30/32', '203.0.113.0/24'],
  maxRanges: 200,
  grants: [],
};
const parse = (changes: object = {}, more: Partial<GrantContext> = {}): GrantResult =>
  parseGrant({ label: 'ana', cidr: '20.1.2.3', ...changes }, { ...context, ...more });
const pathsOf = (result: GrantResult) => (result.ok ? [] : result.problems.map(({ path }) => path));

test('a grant takes its canonical form', () => {
  expect(parse({ expires: '2026-06-02T01:00:00+02:00' })).toEqual({
    ok: true,
    grant: { label: 'ana', cidr: '20.1.2.3/32', expires: '2026-06-01T23:00:00.000Z' },
  });
  expect(parse()).toEqual({ ok: true, grant: { label: 'ana', cidr: '20.1.2.3/32' } });
});

test.each<[string, object, string, string]>([
  ['too wide', { cidr: '20.0.0.0/15' }, 'cidr', 'wider than /16'],
  ['everybody', { cidr: '0.0.0.0/0' }, 'cidr', 'Internet'],
  ['private', { cidr: '10.1.0.0/16' }, 'cidr', 'private'],
  ['misaligned', { cidr: '20.1.2.3/24' }, 'cidr', 'network address'],
  ['IPv6', { cidr: '2001:db8::1' }, 'cidr', 'IPv6'],
  ['over already', { expires: '2026-06-01T12:00:00Z' }, 'expires', 'is over'],
  ['no time', { expires: 'tomorrow' }, 'expires', 'no time'],
  ['a time without offset', { expires: '2026-06-02T12:00:00' }, 'expires', 'no time'],
  ['a label', { label: 'Ana B' }, 'label', 'no label'],
  ['an unknown field', { until: 'x' }, 'until', 'no field'],
])('%s is refused', (_what, changes, path, message) => {
  expect(parse(changes)).toEqual({
    ok: false,
    problems: [{ path, message: expect.stringContaining(message), remedy: expect.any(String) }],
  });
});

test('anything that is no grant is told so', () => {
  for (const input of [undefined, null, 'x', [], 7]) expect(parseGrant(input, context).ok).toBe(false);
});

test('a range that is let in already is granted, and said', () => {
  expect(parse({ cidr: '203.0.113.9' })).toMatchObject({ ok: true, coveredBy: '203.0.113.0/24' });
});

test('a grant is told of a wider range where its own is not in the list', () => {
  const wider = (cidr: string, ...more: string[]) => widerRange({ cidr }, [...context.ranges, ...more]);
  expect(wider('203.0.113.9/32')).toBe('203.0.113.0/24');
  expect(wider('203.0.113.9/32', '203.0.113.9')).toBeUndefined();
  expect(wider('20.62.10.30/32')).toBeUndefined();
  expect(wider('20.1.2.3/32')).toBeUndefined();
});

test('the 201st range is refused, unless it is covered', () => {
  const ranges = Array.from({ length: 200 }, (_, index) => `21.1.1.${index}/32`);
  expect(pathsOf(parse({}, { ranges }))).toEqual(['cidr']);
  expect(parse({ cidr: '21.1.1.7' }, { ranges })).toMatchObject({ ok: true });
});

test('grants on their way count, the one that is replaced does not', () => {
  const ranges = Array.from({ length: 199 }, (_, index) => `21.1.1.${index}/32`);
  const pending = [{ label: 'bob', cidr: '20.5.5.5/32' }];
  expect(pathsOf(parse({}, { ranges, grants: pending }))).toEqual(['cidr']);
  expect(parse({ label: 'bob' }, { ranges, grants: pending })).toMatchObject({ ok: true });
});
