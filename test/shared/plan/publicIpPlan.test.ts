import { publicIpPlan } from '../../../shared/plan/publicIpPlan.ts';
import { numbered, resourceIds } from '../../../shared/model/names.ts';
import { ownershipTag } from '../../../shared/model/names.ts';
import { jsonAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
import { articleSpec } from '../../support/spec.ts';

const ids = resourceIds(articleSpec());
const tags = { [ownershipTag]: 'aks-egress' };
const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1).replace('aks-egress-', '');

/** What is made for so many frontends: prefixes with their lengths, and public IPs with where they come from. */
function made(
  publicIpCount: number,
  publicIps: readonly JsonObject[] = [],
  publicIpPrefixes: readonly JsonObject[] = [],
) {
  const plan = publicIpPlan(articleSpec({ firewall: { publicIpCount } }), { publicIps, publicIpPrefixes });
  const created = (plans: (typeof plan)['publicIps']) =>
    plans.flatMap((one) => (one.action === 'create' ? [{ name: nameOf(one.id), body: one.body }] : []));
  return {
    prefixes: created(plan.prefixes).map(
      ({ name, body }) => `${name}/${JSON.stringify(jsonAt(body, 'properties', 'prefixLength'))}`,
    ),
    from: created(plan.publicIps).map(({ name, body }) => {
      const prefix = stringAt(body, 'properties', 'publicIPPrefix', 'id');
      return prefix === undefined ? name : `${name} of ${nameOf(prefix)}`;
    }),
  };
}
const publicIp = (position: number, prefix?: number): JsonObject => ({
  id: numbered(ids.publicIp, position).toUpperCase(),
  tags,
  properties: prefix === undefined ? {} : { publicIPPrefix: { id: numbered(ids.publicIpPrefix, prefix) } },
});
const prefix = (position: number, prefixLength: number): JsonObject => ({
  id: numbered(ids.publicIpPrefix, position),
  tags,
  properties: { prefixLength },
});

test('a single frontend needs no prefix', () => {
  expect(made(1)).toEqual({ prefixes: [], from: ['fwpublicip'] });
});

test.each([
  [2, ['fwipprefix/31']],
  [3, ['fwipprefix/30']],
  [16, ['fwipprefix/28']],
  [17, ['fwipprefix/28']],
  [20, ['fwipprefix/28', 'fwipprefix-2/30']],
  [250, [...Array.from({ length: 15 }, (_, index) => `${numbered('fwipprefix', index)}/28`), 'fwipprefix-16/28']],
])('%d frontends come from the smallest prefixes that hold them', (count, prefixes) => {
  expect(made(count).prefixes).toEqual(prefixes);
  expect(made(count).from).toHaveLength(count);
});

test('the seventeenth stands alone: it is a range of its own either way', () => {
  expect(made(17).from.slice(-2)).toEqual(['fwpublicip-16 of fwipprefix', 'fwpublicip-17']);
});

test('what is there stays where it came from, and others join it', () => {
  expect(made(3, [publicIp(0)])).toEqual({
    prefixes: ['fwipprefix/31'],
    from: ['fwpublicip-2 of fwipprefix', 'fwpublicip-3 of fwipprefix'],
  });
});

test('room in a prefix is used before another is made', () => {
  const present = [0, 1, 2].map((position) => publicIp(position, 0));
  expect(made(4, present, [prefix(0, 30)])).toEqual({ prefixes: [], from: ['fwpublicip-4 of fwipprefix'] });
  expect(made(6, present, [prefix(0, 30)])).toEqual({
    prefixes: ['fwipprefix-2/31'],
    from: ['fwpublicip-4 of fwipprefix', 'fwpublicip-5 of fwipprefix-2', 'fwpublicip-6 of fwipprefix-2'],
  });
});

test('what bears our name and is not ours is a conflict, not a place to put things', () => {
  const plan = publicIpPlan(articleSpec({ firewall: { publicIpCount: 2 } }), {
    publicIps: [{ ...publicIp(1), tags: {} }],
    publicIpPrefixes: [{ ...prefix(0, 28), tags: {} }],
  });
  expect(plan.publicIps.map(({ action }) => action)).toEqual(['create', 'foreign']);
  expect(plan.prefixes).toEqual([]);
});
