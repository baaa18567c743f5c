import type { JsonObject } from '../../../shared/model/json.ts';
import { editedRules, fingerprintsOf, foreignFingerprint } from '../../../shared/plan/fingerprints.ts';
import { planPublications } from '../../../shared/plan/publicationPlan.ts';
import { articleSpec } from '../../support/spec.ts';
import { healthy } from './driftScene.ts';
import { complete, factsFor, foreignCollection, foreignRule, service } from './ingressScene.ts';

const spec = articleSpec();
const lists = [complete(service())];
const { firewall } = healthy();
const withCollections = (natRuleCollections: readonly JsonObject[]): JsonObject => ({
  ...firewall,
  properties: { ...(firewall['properties'] as JsonObject), natRuleCollections },
});
const planned = planPublications({ spec, lists, firewall, facts: factsFor(lists) });

test('a rule that was called for before and is gone was taken away by hand; a new one was not', () => {
  expect(planned.created).toHaveLength(1);
  expect(editedRules(planned, [])).toEqual([]);
  expect(editedRules(planned, fingerprintsOf(planned))).toEqual([planned.created[0]?.ruleName]);
});

test('another collection, and another rule in it, are another firewall; etags and states are not', () => {
  const theirs = foreignCollection([foreignRule({ destinationPorts: ['81'] })]);
  const other = foreignCollection([foreignRule({ destinationPorts: ['82'] })]);
  const of = (...collections: JsonObject[]) => foreignFingerprint(spec, { firewall: withCollections(collections) });
  expect(new Set([of(), of(theirs), of(other)]).size).toBe(3);
  expect(of({ ...theirs, etag: 'W/"2"' })).toBe(of(theirs));
  expect(foreignFingerprint(spec, { firewall: { ...firewall, etag: 'W/"2"' } })).toBe(
    foreignFingerprint(spec, { firewall }),
  );
});
