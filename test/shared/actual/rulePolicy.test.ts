import fc from 'fast-check';
import { natRules } from '../../../shared/actual/natRules.ts';
import { classicView, collectionsOf, ownGroup, withNatRules } from '../../../shared/actual/rulePolicy.ts';
import { jsonAt, objectsAt, stringAt, type Json, type JsonObject } from '../../../shared/model/json.ts';

const environment = 'shop';

const natRule = (changes: JsonObject = {}): JsonObject => ({
  ruleType: 'NatRule',
  name: 'shop.default.web.80.tcp',
  ipProtocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: ['20.62.10.30'],
  destinationPorts: ['80'],
  translatedAddress: '20.81.1.1',
  translatedPort: '80',
  ...changes,
});
const natCollection = (name: string, rules: readonly Json[], changes: JsonObject = {}): JsonObject => ({
  ruleCollectionType: 'FirewallPolicyNatRuleCollection',
  name,
  priority: 1000,
  action: { type: 'Dnat' },
  rules,
  ...changes,
});
const filterCollection = (name: string, priority: number): JsonObject => ({
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  name,
  priority,
  action: { type: 'Allow' },
  rules: [{ ruleType: 'NetworkRule', name: 'out', ipProtocols: ['TCP'] }],
});
const group = (name: string, ...ruleCollections: Json[]): JsonObject => ({
  name,
  properties: { priority: 1000, ruleCollections },
});
const classic = (...rules: JsonObject[]): JsonObject => ({
  name: environment,
  properties: { priority: 1000, action: { type: 'Dnat' }, rules },
});

test('our rules are those of our collection in our group; everybody else’s are foreign, wherever they lie', () => {
  const groups = [
    group('hub', natCollection('shop', [natRule({ name: 'theirs' })])),
    group('SHOP', filterCollection('aksfwnr', 100), natCollection('Shop', [natRule(), natRule({ name: 'byhand' })])),
    group('shop2', natCollection('web', [natRule()])),
  ];
  const { owned, foreign } = natRules(classicView({ groups }, environment), environment);
  expect(owned).toMatchObject([{ name: 'shop.default.web.80.tcp', raw: { protocols: ['TCP'] } }]);
  expect(foreign.map(({ id }) => id)).toEqual(['hub/shop/theirs', 'Shop/byhand', 'shop2/web/shop.default.web.80.tcp']);
});

test('a collection of our name that holds other rules is shown, so that nothing is written into it', () => {
  const view = classicView({ groups: [group('shop', filterCollection('shop', 300))] }, environment);
  expect(jsonAt(natRules(view, environment).collection, 'properties', 'action', 'type')).toBe('Allow');
});

test('a new collection says what Azure wants of it, at a priority that no collection of the group has', () => {
  const before = group('shop', filterCollection('aksfwnr', 100), filterCollection('theirs', 1000));
  const rule = { name: 'r', protocols: ['TCP'] };
  const after = withNatRules(before, [classic(rule)], environment);
  expect(collectionsOf(after)[2]).toEqual({
    ruleCollectionType: 'FirewallPolicyNatRuleCollection',
    name: 'shop',
    priority: 1001,
    action: { type: 'DNAT' },
    rules: [{ ruleType: 'NatRule', name: 'r', ipProtocols: ['TCP'] }],
  });
  expect(collectionsOf(after).slice(0, 2)).toEqual(collectionsOf(before));
  expect(withNatRules(after, [], environment)).toEqual(before);
});

describe('there and back', () => {
  const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
  const unknown = fc.dictionary(fc.constantFrom('zz', 'etag', 'protocols', 'description', 'properties'), json);
  const rules = fc.array(
    fc
      .tuple(fc.constantFrom('shop.default.web.80.tcp', 'byhand'), unknown)
      .map(([name, more]) => natRule({ ...more, name })),
    { maxLength: 4 },
  );
  const names = fc.constantFrom('shop', 'Shop', 'theirs', 'aksfwnr');
  const collections = fc.uniqueArray(
    fc.oneof(
      fc.tuple(names, rules, unknown).map(([name, list, more]) => natCollection(name, list, more)),
      names.map((name) => filterCollection(name, 300)),
      json,
    ),
    { maxLength: 4, selector: (one) => (stringAt(one, 'name') ?? '').toLowerCase() },
  );

  test('nothing is lost of what anybody has put into the group', () => {
    fc.assert(
      fc.property(collections, unknown, (list, more) => {
        const own = {
          ...group('shop', ...list),
          ...more,
          properties: { priority: 7, zz: more, ruleCollections: list },
        };
        const view = classicView({ groups: [group('other', natCollection('shop', [])), own] }, environment);
        const planned = objectsAt(view, 'properties', 'natRuleCollections');
        expect(withNatRules(own, planned, environment)).toEqual(own);
      }),
    );
  });

  test('a change of ours is a change of that rule alone', () => {
    fc.assert(
      fc.property(collections, rules, (list, before) => {
        const others = list.filter((one) => stringAt(one, 'name')?.toLowerCase() !== environment);
        const own = group('shop', ...others, natCollection('shop', [...before, natRule({ name: 'last' })]));
        const view = classicView({ groups: [own] }, environment);
        const planned = objectsAt(view, 'properties', 'natRuleCollections').map((one) =>
          one.name === 'shop' ? edited(one) : one,
        );
        const expected = natCollection('shop', [...before, natRule({ name: 'last', translatedPort: '81' })]);
        expect(withNatRules(own, planned, environment)).toEqual(group('shop', ...others, expected));
      }),
    );
  });

  function edited(collection: JsonObject): JsonObject {
    const properties = collection.properties as JsonObject;
    const list = properties.rules as readonly JsonObject[];
    const changed = list.map((rule) => (rule.name === 'last' ? { ...rule, translatedPort: '81' } : rule));
    return { ...collection, properties: { ...properties, rules: changed } };
  }
});

test('the group is found by the environment’s name in any case', () => {
  const groups = [group('a'), group('ShOp')];
  expect(ownGroup({ groups }, environment)).toBe(groups[1]);
  expect(ownGroup({ groups: [] }, environment)).toBeUndefined();
});
