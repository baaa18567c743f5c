import { v5 as uuidV5 } from 'uuid';
import { natRules } from '../actual/natRules.ts';
import { classicView, collectionsOf, ownGroup, type RulePolicy } from '../actual/rulePolicy.ts';
import { desiredAdoptedFirewall, isAdopting } from '../desired/adopted.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { ownGroupCollectionNames } from '../desired/ruleCollectionGroup.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { jsonAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { PublicationPlan } from './publicationPlan.ts';
import type { RuleHolder } from './ruleHolder.ts';

const NAME_SPACE = 'b6a1f3a4-0c55-5a2e-8f0e-6d1c9a7e3b20';
/** Eight hexadecimal digits: 250 rules fit into a lane's state, and two of them are alike once in a hundred thousand environments. */
const LENGTH = 8;

const digest = (value: Json): string => uuidV5(JSON.stringify(value), NAME_SPACE).replaceAll('-', '').slice(0, LENGTH);

/** A rule with everything that decides what it does. */
export const ruleFingerprint = ({
  name,
  frontend,
  port,
  protocol,
  sources,
  translatedAddress,
  translatedPort,
}: DnatRule): string => digest([name, frontend, port, protocol, sources, translatedAddress, translatedPort]);

type Placed = Pick<PublicationPlan, 'created' | 'updated' | 'unchanged' | 'jumpbox'>;

/** Of every rule that services and spec call for. */
export const fingerprintsOf = ({ created, updated, unchanged, jumpbox }: Placed): readonly string[] =>
  [...created, ...updated, ...unchanged, ...(jumpbox === undefined ? [] : [jumpbox])].flatMap(({ rule }) =>
    rule === undefined ? [] : ruleFingerprint(rule),
  );

/**
 * The names of rules that were called for just so before and are not there just so: since no service has changed, somebody
 * has taken away or edited the rule.
 *
 * @param known fingerprints of the sync before
 */
export function editedRules(
  { created, updated, jumpbox }: Pick<PublicationPlan, 'created' | 'updated' | 'jumpbox'>,
  known: readonly string[],
): string[] {
  const before = new Set(known);
  const ofSpec = jumpbox === undefined || jumpbox.action === 'none' ? [] : (jumpbox.rule ?? []);
  return [...created.map(({ rule }) => rule), ...updated.map(({ rule }) => rule), ofSpec]
    .flat()
    .filter((rule) => before.has(ruleFingerprint(rule)))
    .map(({ name }) => name);
}

/**
 * Everything on the firewall that Gatehouse does not write, as one short text: a foreign edit between a read and the read
 * after a write shows as another text. Etags and states, which Azure changes with each write, are left out.
 */
export function foreignFingerprint(spec: EnvironmentSpec, { firewall, policy }: RuleHolder): string {
  if (policy !== undefined) return foreignInGroup(policy, spec.name);
  const own = (isAdopting(spec) ? desiredAdoptedFirewall(spec, firewall) : desiredFirewall(spec)).body;
  const others = (['networkRuleCollections', 'applicationRuleCollections'] as const).map((kind) => {
    const ours = new Set(objectsAt(own, 'properties', kind).map((one) => stringAt(one, 'name')?.toLowerCase()));
    return objectsAt(firewall, 'properties', kind)
      .filter((one) => !ours.has(stringAt(one, 'name')?.toLowerCase()))
      .map((one) => [
        stringAt(one, 'name') ?? null,
        jsonAt(one, 'properties', 'priority') ?? null,
        jsonAt(one, 'properties', 'action') ?? null,
        jsonAt(one, 'properties', 'rules') ?? null,
      ]);
  });
  return digest([natRules(firewall, spec.name).foreign.map(({ id, raw }) => [id, raw]), others]);
}

/** A write of our group touches no other: only what others have put into it could be lost. */
function foreignInGroup(policy: RulePolicy, environment: string): string {
  const group = ownGroup(policy, environment);
  const ours = new Set([...ownGroupCollectionNames, environment].map((name) => name.toLowerCase()));
  const others = collectionsOf(group).filter((one) => !ours.has(stringAt(one, 'name')?.toLowerCase() ?? ''));
  const own = natRules(classicView({ groups: group === undefined ? [] : [group] }, environment), environment);
  return digest([jsonAt(group, 'properties', 'priority') ?? null, others, own.foreign.map(({ id, raw }) => [id, raw])]);
}
