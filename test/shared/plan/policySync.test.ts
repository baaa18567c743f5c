import { ownGroup, type RulePolicy } from '../../../shared/actual/rulePolicy.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredFirewallPolicy } from '../../../shared/desired/firewallPolicy.ts';
import { desiredRuleCollectionGroup } from '../../../shared/desired/ruleCollectionGroup.ts';
import { objectsAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
import { ruleCollectionGroupId, resourceIds } from '../../../shared/model/names.ts';
import type { LoadBalancerService } from '../../../shared/model/service.ts';
import { egressIsInPlace } from '../../../shared/plan/egressInPlace.ts';
import { foreignFingerprint } from '../../../shared/plan/fingerprints.ts';
import { groupProblem } from '../../../shared/plan/groupLimits.ts';
import { foreignCollections, withoutOwnRules } from '../../../shared/plan/groupRemoval.ts';
import { planPublications } from '../../../shared/plan/publicationPlan.ts';
import { natRuleView } from '../../../shared/plan/ruleHolder.ts';
import { planSync, type SyncPlan } from '../../../shared/plan/syncPlan.ts';
import { articleSpec } from '../../support/spec.ts';
import { asAzureMightWrite, frontends, healthy, respelled } from './driftScene.ts';
import { complete, factsFor, service } from './ingressScene.ts';

const spec = articleSpec({ firewall: { rules: 'policy' } });
const reporting = articleSpec({ firewall: { rules: 'policy' }, drift: { action: 'report' } });
const { firewallPolicy: id, firewall: firewallId } = resourceIds(spec);
const groupId = ruleCollectionGroupId(id, spec.name);

const answered = (body: JsonObject, name: string): JsonObject => ({
  ...body,
  name,
  properties: { ...(body['properties'] as JsonObject), provisioningState: 'Succeeded' },
});
const group = answered(desiredRuleCollectionGroup(spec, { id, groups: [] }).body, spec.name);
const hub: JsonObject = {
  name: 'hub',
  properties: { priority: 1000, ruleCollections: [], provisioningState: 'Succeeded' },
};
const policy: RulePolicy = {
  id,
  isOwn: true,
  policy: answered(desiredFirewallPolicy(spec).body, 'policy'),
  groups: [hub, group],
};
const classic = healthy();
const firewall = answered(
  {
    ...desiredFirewall(spec).body,
    properties: {
      ...(desiredFirewall(spec).body['properties'] as JsonObject),
      ipConfigurations: (classic.firewall['properties'] as JsonObject)['ipConfigurations'],
    },
  },
  'fw',
);
const withGroup = (own: JsonObject | undefined): RulePolicy => ({
  ...policy,
  groups: own === undefined ? [hub] : [hub, own],
});

function sync(
  changes: { readonly firewall?: JsonObject; readonly policy?: RulePolicy } = {},
  services: readonly LoadBalancerService[] = [],
  wanted = spec,
): SyncPlan {
  const holder = { firewall, policy, ...changes };
  const lists = [complete(...services)];
  const facts = factsFor(lists);
  const publications = planPublications({ spec: wanted, lists, firewall: natRuleView(wanted, holder), facts });
  const { routeTable, virtualNetwork } = classic;
  return planSync({ spec: wanted, frontends, routeTable, virtualNetwork, ...holder, publications });
}

const namesIn = (body: JsonObject | undefined) =>
  objectsAt(body, 'properties', 'ruleCollections').map((one) => stringAt(one, 'name'));
const found = ({ findings }: SyncPlan) => findings.map(({ check, resource }) => [check, resource]);

test('nothing differs, nothing is written, however Azure spells it', () => {
  expect(sync()).toMatchObject({ resources: [], findings: [], summary: { writes: 0 } });
  const spelled = asAzureMightWrite(group) as JsonObject;
  expect(sync({ policy: withGroup(spelled) })).toMatchObject({ findings: [], summary: { writes: 0 } });
});

test('a new publication is a write of our group and of nothing else', () => {
  const plan = sync({}, [service()]);
  expect(plan).toMatchObject({ resources: [], rules: { id: groupId }, summary: { created: 1, writes: 1 } });
  expect(namesIn(plan.rules?.body)).toEqual(['aksfwnr', 'aksfwar', 'aksfwarweb', 'aks-egress']);
  const next = sync({ policy: withGroup(plan.rules?.body) }, [service()]);
  expect(next.summary).toMatchObject({ unchanged: 1, writes: 0 });
});

test('a rule that Azure spells otherwise is no other rule', () => {
  const { rules } = sync({}, [service()]);
  for (const [from, to] of [
    ['"TCP"', '"Tcp"'],
    ['"20.62.10.30"', '"20.62.10.30/32"'],
    ['"80"]', '"80","80"]'],
  ] as const) {
    const plan = sync({ policy: withGroup(respelled(rules?.body ?? {}, from, to)) }, [service()]);
    expect(plan.summary).toMatchObject({ unchanged: 1, writes: 0 });
  }
});

test('rules of another kind under our names are put right', () => {
  const [network] = objectsAt(group, 'properties', 'ruleCollections');
  const other = respelled(group, JSON.stringify(network), respelledKind(network ?? {}));
  const { rules } = sync({ policy: withGroup(other) });
  expect(objectsAt(rules?.body, 'properties', 'ruleCollections')[0]).toMatchObject(network ?? {});
});

const respelledKind = (collection: JsonObject) =>
  JSON.stringify(respelled(collection, '"NetworkRule"', '"ApplicationRule"'));

test('egress of ours that is gone or changed is put right in the same write', () => {
  const plan = sync({ policy: withGroup(respelled(group, '"1194"', '"1195"')) }, [service()]);
  expect(found(plan)).toEqual([
    ['dnatRules', groupId],
    ['egressRules', groupId],
  ]);
  expect(plan.summary.writes).toBe(1);
  expect(JSON.stringify(plan.rules?.body)).toContain('"1194"');
});

test('what somebody adds to a rule of ours goes, whatever lets more through by it', () => {
  const widened = respelled(group, '"fqdnTags"', '"webCategories":["news"],"targetUrls":["*"],"fqdnTags"');
  const { rules } = sync({ policy: withGroup(widened) });
  expect(JSON.stringify(rules?.body)).not.toMatch(/news|targetUrls/);
});

test('a preset that is given up takes its collections along', () => {
  const less = articleSpec({ firewall: { rules: 'policy' }, egress: { presets: ['aks'] } });
  expect(namesIn(sync({}, [], less).rules?.body)).toEqual(['aksfwnr', 'aksfwar']);
});

describe('a group that is gone', () => {
  test('is made again, with everything in it', () => {
    const plan = sync({ policy: withGroup(undefined) }, [service()]);
    expect(found(plan)[0]).toEqual(['presence', groupId]);
    expect(namesIn(plan.rules?.body)).toEqual(['aksfwnr', 'aksfwar', 'aksfwarweb', 'aks-egress']);
  });

  test('gets what services call for where drift is only told', () => {
    const plan = sync({ policy: withGroup(undefined) }, [service()], reporting);
    expect(namesIn(plan.rules?.body)).toEqual(['aks-egress']);
    expect(plan.rules?.body).toMatchObject({ properties: { priority: 1001 } });
  });
});

test('settings are the policy’s, the reference the firewall’s: each is a write of its own', () => {
  const loose = { ...policy, policy: respelled(policy.policy!, '"Alert"', '"Off"') };
  const detached = respelled(firewall, id, `${id}2`);
  const plan = sync({ policy: loose, firewall: detached });
  expect(found(plan)).toEqual([
    ['threatIntelligence', id],
    ['firewallConfiguration', firewallId],
  ]);
  expect(plan.resources.map(({ kind }) => kind)).toEqual(['firewallPolicy', 'firewall']);
  expect(plan).not.toHaveProperty('rules');
});

test('a policy without our tag is not written, and neither is anything in it; one that we were told to use is', () => {
  const untagged = { ...policy, policy: respelled(policy.policy!, 'gatehouse-environment', 'team') };
  expect(sync({ policy: untagged }, [service()])).toMatchObject({ resources: [], summary: { created: 1, writes: 0 } });
  const adopted = sync({ policy: { ...untagged, isOwn: false } }, [service()]);
  expect(adopted).toMatchObject({ resources: [], rules: { id: groupId } });
});

test('egress stands once firewall, policy and group say so and work', () => {
  const stands = (changes: Partial<{ firewall: JsonObject; policy: RulePolicy }> = {}) =>
    egressIsInPlace(spec, { firewall, policy, ...changes });
  expect(stands()).toBe(true);
  expect(stands({ firewall: respelled(firewall, id, `${id}2`) })).toBe(false);
  expect(stands({ policy: withGroup(undefined) })).toBe(false);
  expect(stands({ policy: withGroup(respelled(group, '"1194"', '"1195"')) })).toBe(false);
  expect(stands({ policy: withGroup(respelled(group, '"Succeeded"', '"Failed"')) })).toBe(false);
  expect(stands({ policy: { ...policy, policy: respelled(policy.policy!, 'true', 'false') } })).toBe(false);
  expect(stands({ policy: { id, isOwn: true, groups: [] } })).toBe(false);
});

describe('what others put into our group', () => {
  const theirs = {
    name: 'theirs',
    ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
    priority: 4000,
    rules: [],
  };
  const shared = (...more: JsonObject[]): JsonObject => ({
    ...group,
    properties: {
      ...(group['properties'] as JsonObject),
      ruleCollections: [...objectsAt(group, 'properties', 'ruleCollections'), ...more],
    },
  });

  test('is another group to look at; what others put beside it, and what is ours, is not', () => {
    const of = (own: JsonObject) => foreignFingerprint(spec, { firewall, policy: withGroup(own) });
    expect(of(shared(theirs))).not.toBe(of(group));
    expect(of(shared(theirs))).not.toBe(of(shared({ ...theirs, priority: 4001 })));
    expect(of(respelled(group, '"1194"', '"1195"'))).toBe(of(group));
    expect(foreignFingerprint(spec, { firewall, policy: { ...policy, groups: [group] } })).toBe(of(group));
  });

  test('stays when ours is taken out', () => {
    const published = sync({ policy: withGroup(shared(theirs)) }, [service()]).rules?.body ?? {};
    expect(foreignCollections(published, spec.name)).toEqual(['theirs']);
    expect(namesIn(withoutOwnRules(published, spec.name))).toEqual(['theirs']);
    expect(withoutOwnRules(shared(theirs), 'another')).toMatchObject({ properties: { ruleCollections: [theirs] } });
    const left = withoutOwnRules(published, spec.name) ?? {};
    expect(withoutOwnRules(left, spec.name)).toBeUndefined();
    expect(foreignCollections(left, spec.name)).toEqual(['theirs']);
    expect(foreignCollections(group, spec.name)).toEqual([]);
  });
});

test('too many groups, and too much in one, are refused before Azure does', () => {
  const own = ownGroup(policy, spec.name) ?? {};
  const full = Array.from({ length: 90 }, (_, index) => ({ name: `g${index}` }));
  expect(groupProblem({ id: groupId, body: own }, policy)).toBeUndefined();
  expect(groupProblem({ id: groupId, body: own }, { id, groups: [...full.slice(1), own] })).toBeUndefined();
  expect(groupProblem({ id: groupId, body: own }, { id, groups: full })?.code).toBe('TooManyRuleCollectionGroups');
  const large = { properties: { ruleCollections: ['x'.repeat(2 ** 21)] } };
  expect(groupProblem({ id: groupId, body: large }, policy)?.code).toBe('RuleCollectionGroupTooLarge');
});
