import { catalogueVersion } from '../../../../shared/desired/egressCatalogue.ts';
import { resourceIds } from '../../../../shared/model/names.ts';
import type { DriftInput } from '../../../../shared/plan/drift/comparison.ts';
import { driftFindings } from '../../../../shared/plan/drift/driftChecks.ts';
import { coverageFindings } from '../../../../shared/plan/drift/egressChecks.ts';
import { articleSpec } from '../../../support/spec.ts';
import { frontends, healthy, respelled, spec } from '../driftScene.ts';

const find = (changes: Partial<DriftInput> = {}) => driftFindings({ spec, frontends, ...healthy(), ...changes });

describe('a newer egress catalogue', () => {
  const older = respelled(healthy().firewall, '"*.docker.io"', '"old.docker.io"');

  test('is told as such, with the names that come and go', () => {
    expect(find({ firewall: older, catalogue: '2024-01' })).toEqual([
      {
        check: 'egressCatalogue',
        resource: resourceIds(spec).firewall,
        what: 'properties.applicationRuleCollections[aksfwarweb].properties.rules[website].targetFqdns',
        expected: ['*.docker.io'],
        actual: ['old.docker.io'],
        severity: 'warning',
      },
    ]);
  });

  test('explains nothing that was written with this one, nor what the spec itself allows', () => {
    expect(find({ firewall: older }).map(({ check }) => check)).toEqual(['egressRules']);
    expect(find({ firewall: older, catalogue: catalogueVersion }).map(({ check }) => check)).toEqual(['egressRules']);
    const allowing = articleSpec({ egress: { allow: { application: [{ name: 'own', fqdns: ['example.com'] }] } } });
    const missing = find({ spec: allowing, catalogue: '2024-01' });
    expect(new Set(missing.map(({ check }) => check))).toEqual(new Set(['egressRules']));
  });
});

test('what AKS needs and the spec lets nothing reach is told apart from drift', () => {
  expect(coverageFindings(spec)).toEqual([]);
  const bare = articleSpec({ egress: { presets: ['article'] } });
  expect(coverageFindings(bare)[1]).toMatchObject({
    check: 'egressCoverage',
    what: 'mcr.microsoft.com (images of AKS)',
    severity: 'warning',
  });
});
