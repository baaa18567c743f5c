import { isIPv4 } from 'node:net';
import { objectsAt, stringAt, stringsAt, type Json } from '../../shared/model/json.ts';
import { clusterOfRuleName } from '../../shared/model/natRule.ts';

/** Our rules among NAT rule collections. A second collection of our name, which Azure takes none of, would be foreign. */
export function ownRulesIn(collections: readonly Json[] | undefined, environment: string) {
  const own = objectsAt({ collections: collections ?? [] }, 'collections').find(
    (one) => stringAt(one, 'name')?.toLowerCase() === environment,
  );
  return objectsAt(own, 'properties', 'rules').filter(
    (rule) => clusterOfRuleName(stringAt(rule, 'name') ?? '') !== undefined,
  );
}

/** Whether Azure would take each rule of ours: one address, one port, TCP or UDP, and somebody who may come. */
export function requireSound(collections: readonly Json[] | undefined, environment: string): void {
  if (collections === undefined) return;
  requireJson(collections);
  const rules = ownRulesIn(collections, environment);
  const names = rules.map((rule) => stringAt(rule, 'name')?.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  for (const rule of rules) {
    expect(stringsAt(rule, 'sourceAddresses')).not.toEqual([]);
    // The same one twice is one: lists are sets in Azure, and what means the same is left as it was read.
    expect(new Set(stringsAt(rule, 'destinationAddresses')).size).toBe(1);
    expect([...new Set(stringsAt(rule, 'protocols'))]).toEqual([expect.stringMatching(/^(TCP|UDP)$/i)]);
    for (const port of [stringsAt(rule, 'destinationPorts')[0], stringAt(rule, 'translatedPort')]) {
      expect(Number(port)).toBeGreaterThanOrEqual(1);
      expect(Number(port)).toBeLessThanOrEqual(63_999);
    }
    expect(isIPv4(stringAt(rule, 'translatedAddress') ?? '')).toBe(true);
  }
}

/** Whether a value travels as it is: nothing in it is undefined, infinite or no JSON. Absent properties may say undefined. */
export function requireJson(value: unknown): void {
  const unfit: unknown[] = [];
  JSON.stringify(value, function (this: unknown, key, part: unknown) {
    const absent = part === undefined && !Array.isArray(this);
    const fits = part === null || ['string', 'boolean', 'object'].includes(typeof part) || Number.isFinite(part);
    if (!absent && !fits) unfit.push([key, part]);
    return part;
  });
  expect(unfit).toEqual([]);
}
