import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { collectionsOf, ownGroup, type RulePolicy } from '../../shared/actual/rulePolicy.ts';
import { desiredFirewall } from '../../shared/desired/firewall.ts';
import { desiredFirewallPolicy } from '../../shared/desired/firewallPolicy.ts';
import { desiredRuleCollectionGroup, ownGroupCollectionNames } from '../../shared/desired/ruleCollectionGroup.ts';
import { isJsonObject, stringAt, type JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { driftFindings } from '../../shared/plan/drift/driftChecks.ts';
import { egressIsInPlace } from '../../shared/plan/egressInPlace.ts';
import { foreignFingerprint } from '../../shared/plan/fingerprints.ts';
import { foreignCollections, withoutOwnRules } from '../../shared/plan/groupRemoval.ts';
import { planPublications } from '../../shared/plan/publicationPlan.ts';
import { natRuleView } from '../../shared/plan/ruleHolder.ts';
import { planSync } from '../../shared/plan/syncPlan.ts';
import { complete, factsFor, service } from '../shared/plan/ingressScene.ts';
import { articleSpec } from '../support/spec.ts';
import { broken } from './brokenJson.ts';
import { fuzzed } from './fuzz.ts';
import { FRONTEND, publishedService } from './scenes.ts';
import { requireJson } from './soundRules.ts';

const spec = articleSpec({ firewall: { rules: 'policy' } });
const { firewallPolicy: id } = resourceIds(spec);
const list = complete(publishedService, service({ name: 'api', ports: [{ port: 443 }] }));
const facts = factsFor([list]);
const { body: firewall } = desiredFirewall(spec);
const settings = desiredFirewallPolicy(spec).body;
const policyOf = (groups: readonly JsonObject[], policy = settings): RulePolicy => ({
  id,
  isOwn: true,
  policy,
  groups,
});

function look(policy: RulePolicy) {
  const holder = { firewall, policy };
  const publications = planPublications({ spec, lists: [list], firewall: natRuleView(spec, holder), facts });
  const plan = planSync({ spec, ...holder, frontends: [FRONTEND], publications });
  return { holder, publications, plan };
}

const bare: JsonObject = { ...desiredRuleCollectionGroup(spec, policyOf([])).body, name: spec.name };
/** With what services call for, and a collection of somebody else. */
const ready: JsonObject = { ...look(policyOf([bare])).plan.rules?.body, name: spec.name };
const theirs = {
  name: 'theirs',
  priority: 4000,
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  rules: [{}],
};
const shared = {
  ...ready,
  properties: { ...(ready['properties'] as JsonObject), ruleCollections: [...collectionsOf(ready), theirs] },
};
const ours = new Set([...ownGroupCollectionNames, spec.name].map((name) => name.toLowerCase()));

test('whatever Azure answers of a policy and its groups, a sync plans, and takes nothing from others', () => {
  const check = (own: JsonObject, other: JsonObject, policy: JsonObject) => {
    const read = policyOf([other, own], policy);
    const { holder, plan } = look(read);
    const body = plan.rules?.body;
    if (body !== undefined) {
      requireJson(body);
      const after = collectionsOf(body);
      for (const one of collectionsOf(ownGroup(read, spec.name))) {
        const name = isJsonObject(one) ? stringAt(one, 'name')?.toLowerCase() : undefined;
        if (name === undefined || ours.has(name)) continue;
        expect(after.some((kept) => isDeepStrictEqual(kept, one))).toBe(true);
      }
      // What was written is what is wanted: the next look finds nothing left to write.
      const next = [
        ...read.groups.filter((group) => group !== ownGroup(read, spec.name)),
        { ...body, name: spec.name },
      ];
      expect(look(policyOf(next, policy)).plan.rules).toBeUndefined();
    }
    for (const { check: name, what, resource } of driftFindings({ spec, ...holder, frontends: [FRONTEND] }))
      expect([name, what, resource]).not.toContain('');
    egressIsInPlace(spec, holder);
    foreignFingerprint(spec, holder);
    requireJson(withoutOwnRules(own, spec.name) ?? {});
    foreignCollections(own, spec.name);
  };
  check(shared, { name: 'hub' }, settings);
  fc.assert(
    fc.property(
      broken(shared, 5).filter(isJsonObject),
      broken({ ...ready, name: 'hub' }).filter(isJsonObject),
      fc.oneof(fc.constant(settings), broken(settings).filter(isJsonObject)),
      check,
    ),
    fuzzed(300),
  );
});
