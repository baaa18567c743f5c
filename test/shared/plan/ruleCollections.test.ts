import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import type { DesiredResource } from '../../../shared/model/resource.ts';
import { planResource } from '../../../shared/plan/mergeResource.ts';
import type { WritableResourcePlan } from '../../../shared/plan/resourcePlan.ts';
import { articleSpec } from '../../support/spec.ts';

const firewall = desiredFirewall(articleSpec());

/** A body that may be edited freely. */
interface Editable {
  [key: string]: Editable & Editable[];
}
const edited = (resource: DesiredResource, edit: (body: Editable) => void): JsonObject => {
  const body = structuredClone(resource.body);
  edit(body as Editable);
  return body;
};

function planned(desired: DesiredResource, actual: JsonObject): WritableResourcePlan {
  const plan = planResource(desired, actual, 'aks-egress');
  if (plan.action === 'foreign') throw new Error('foreign');
  return plan;
}

describe('rule collections', () => {
  test('foreign collections survive in place, whatever they hold', () => {
    const foreign = { name: 'theirs', properties: { priority: 300, rules: [{ name: 'x', sourceAddresses: ['*'] }] } };
    const actual = edited(firewall, (body) => {
      const properties = body['properties'] as Editable;
      (properties['networkRuleCollections'] as unknown[]).unshift(foreign);
      Object.assign(properties, { natRuleCollections: [foreign], threatIntelMode: 'Off' });
    });
    const { body } = planned(firewall, actual);
    expect(body).toMatchObject({
      properties: { natRuleCollections: [foreign], networkRuleCollections: [foreign, { name: 'aksfwnr' }] },
    });
  });

  test('a collection of ours that the spec no longer calls for goes', () => {
    const allow = { application: [{ name: 'everything', fqdns: ['*'] }], network: [] };
    const wider = desiredFirewall(articleSpec({ egress: { presets: ['aks', 'article', 'gpu'], allow } }));
    const plan = planned(firewall, wider.body);
    expect(plan.action).toBe('modify');
    expect(plan.differences).toEqual([
      {
        path: 'properties.applicationRuleCollections[gpu]',
        before: expect.objectContaining({ name: 'gpu' }),
      },
      {
        path: 'properties.applicationRuleCollections[egress-allow]',
        before: expect.objectContaining({ name: 'egress-allow' }),
      },
    ]);
    expect(plan.body).toEqual(firewall.body);
  });

  test('a spec without any rule of a kind leaves none of ours', () => {
    const bare = desiredFirewall(articleSpec({ egress: { presets: [] } }));
    const { body } = planned(bare, firewall.body);
    expect(body).toMatchObject({ properties: { networkRuleCollections: [], applicationRuleCollections: [] } });
    expect(planned(bare, body).action).toBe('none');
  });

  test('names of ours compare case-insensitively, and count for their own kind of rule only', () => {
    const properties = { priority: 300, action: { type: 'Allow' }, rules: [] };
    const [stale, foreign] = [
      { name: 'GPU', properties },
      { name: 'gpu', properties },
    ];
    const actual = edited(firewall, (body) => {
      (body['properties']!['applicationRuleCollections'] as unknown[]).push(stale);
      (body['properties']!['networkRuleCollections'] as unknown[]).push(foreign);
    });
    const plan = planned(firewall, actual);
    expect(plan.differences).toEqual([{ path: 'properties.applicationRuleCollections[GPU]', before: stale }]);
    expect(plan.body).toMatchObject({ properties: { networkRuleCollections: [{ name: 'aksfwnr' }, foreign] } });
  });

  test('a firewall that is not ours keeps its collections, whatever their names', () => {
    const actual = { ...desiredFirewall(articleSpec({ egress: { presets: ['gpu'] } })).body, tags: {} };
    expect(planResource(firewall, actual, 'aks-egress')).toMatchObject({ action: 'foreign', differences: [] });
  });
});

describe('rules of our collections', () => {
  const rulesOf = (body: JsonObject) =>
    (body as Editable)['properties']!['networkRuleCollections']![0]!['properties']!['rules'] as Editable[];
  const at = 'properties.networkRuleCollections[aksfwnr].properties.rules';

  test('a rule that somebody added to one of ours goes', () => {
    const added = { name: 'backdoor', sourceAddresses: ['*'], destinationAddresses: ['*'], destinationPorts: ['*'] };
    const plan = planned(
      firewall,
      edited(firewall, (body) => rulesOf(body).push(added as never)),
    );
    expect(plan.differences).toEqual([{ path: `${at}[backdoor]`, before: added }]);
    expect(plan.body).toEqual(firewall.body);
  });

  test('what somebody added to one of our rules goes, too', () => {
    const plan = planned(
      firewall,
      edited(firewall, (body) => Object.assign(rulesOf(body)[0]!, { sourceIpGroups: ['/group'], description: 'kept' })),
    );
    expect(plan.differences).toEqual([{ path: `${at}[apiudp].sourceIpGroups`, before: ['/group'] }]);
    expect(rulesOf(plan.body)[0]).toMatchObject({ name: 'apiudp', description: 'kept' });
    expect(rulesOf(plan.body)[0]).not.toHaveProperty('sourceIpGroups');
  });

  test('a rule that is missing or changed is restored', () => {
    const plan = planned(
      firewall,
      edited(firewall, (body) => {
        rulesOf(body).splice(0, 1);
        Object.assign(rulesOf(body)[0]!, { destinationPorts: ['9000', '22'] });
      }),
    );
    expect(plan.differences).toEqual(
      expect.arrayContaining([
        { path: `${at}[apitcp].destinationPorts`, before: ['9000', '22'], after: ['9000'] },
        { path: `${at}[apiudp].destinationPorts`, after: ['1194'] },
      ]),
    );
    expect(planned(firewall, plan.body).action).toBe('none');
  });
});
