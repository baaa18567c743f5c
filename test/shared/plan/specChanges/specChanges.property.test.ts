import fc from 'fast-check';
import { sameSpec } from '../../../../shared/model/environmentSpec.ts';
import { specChanges } from '../../../../shared/plan/specChanges/specChanges.ts';
import { articleSpec } from '../../../support/spec.ts';

const version = fc.option(
  fc
    .tuple(fc.integer({ min: 28, max: 36 }), fc.option(fc.nat(9)))
    .map(([minor, patch]) => (patch === null ? `1.${minor}` : `1.${minor}.${patch}`)),
  { nil: undefined },
);
const spec = fc
  .record({
    location: fc.constantFrom('eastus', 'westeurope'),
    addressSpace: fc.constantFrom('10.42.0.0/16', '10.42.0.0/17', '10.40.0.0/14'),
    nodeCount: fc.integer({ min: 1, max: 6 }),
    version,
    presets: fc.subarray(['aks', 'article', 'gpu', 'windows']),
    developers: fc.subarray(['ana', 'kim', 'lee']),
    threatIntel: fc.constantFrom('Off', 'Alert', 'Deny'),
    policy: fc.constantFrom('sync', 'upsert-only', 'report'),
  })
  .map((one) =>
    articleSpec({
      location: one.location,
      network: { addressSpace: one.addressSpace },
      firewall: { threatIntel: one.threatIntel },
      egress: { presets: one.presets },
      cluster: { nodeCount: one.nodeCount, ...(one.version !== undefined && { version: one.version }) },
      access: { developers: one.developers.map((label, index) => ({ label, cidr: `198.51.100.${index + 1}/32` })) },
      ingress: { policy: one.policy },
    }),
  );

test('a spec changes nothing of itself, and every difference of two is told once with both values', () => {
  fc.assert(
    fc.property(spec, spec, (before, after) => {
      expect(specChanges(before, before)).toEqual([]);
      const changes = specChanges(before, after);
      expect(changes.length === 0).toBe(sameSpec(before, after));
      expect(new Set(changes.map(({ path }) => path)).size).toBe(changes.length);
      for (const change of changes) {
        expect(change.before).not.toEqual(change.after);
        if (change.applied === 'refused') expect(change.remedy).not.toBe('');
      }
    }),
  );
});

test('the way back changes the same fields as the way there', () => {
  fc.assert(
    fc.property(spec, spec, (before, after) => {
      const there = specChanges(before, after).map(({ path }) => path);
      const back = specChanges(after, before).map(({ path }) => path);
      expect(back).toEqual(there);
    }),
  );
});
