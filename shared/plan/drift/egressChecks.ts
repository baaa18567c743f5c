import { sameValue } from '../../actual/compare.ts';
import { catalogueVersion } from '../../desired/egressCatalogue.ts';
import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import { isList, type Json } from '../../model/json.ts';
import { resourceIds } from '../../model/names.ts';
import { egressCoverage } from '../egressCoverage.ts';
import type { Compared } from './comparison.ts';
import { differencesFound, type DriftCheckName, type DriftFinding } from './finding.ts';
import { isEgress, isOfAllowList } from './paths.ts';

/** Edits of what presets and the spec let out. */
export function egressRules(compared: Compared): readonly DriftFinding[] {
  return egressFindings(compared, 'egressRules', (path) => !isOfNewerCatalogue(compared, path));
}

/** What a newer version of the app lets out otherwise: names that come, and names that go. */
export function egressCatalogue(compared: Compared): readonly DriftFinding[] {
  return egressFindings(compared, 'egressCatalogue', (path) => isOfNewerCatalogue(compared, path)).map(
    ({ expected, actual, ...finding }) => {
      const [comes, goes] = [withoutSame(expected, actual), withoutSame(actual, expected)];
      return {
        ...finding,
        ...(comes !== undefined && { expected: comes }),
        ...(goes !== undefined && { actual: goes }),
      };
    },
  );
}

const isOfNewerCatalogue = ({ input: { catalogue = catalogueVersion } }: Compared, path: string): boolean =>
  catalogue !== catalogueVersion && !isOfAllowList(path);

function egressFindings(
  { firewall, group }: Compared,
  check: DriftCheckName,
  isMeant: (path: string) => boolean,
): readonly DriftFinding[] {
  return group === undefined
    ? differencesFound(check, firewall, (path) => isEgress(path) && isMeant(path), 'warning')
    : differencesFound(check, group, isMeant, 'warning');
}

/** Of two lists, what only the first one has. */
function withoutSame(list: Json | undefined, other: Json | undefined): Json | undefined {
  if (!isList(list) || !isList(other)) return list;
  return list.filter((item) => !other.some((known) => sameValue(known, item)));
}

/**
 * What AKS needs and the spec lets nothing reach. Nobody has edited anything, and no sync would write it: it is the spec's to say.
 */
export function coverageFindings(spec: EnvironmentSpec): readonly DriftFinding[] {
  return egressCoverage(spec).missing.map(({ fqdn, use }) => ({
    check: 'egressCoverage',
    resource: resourceIds(spec).firewall,
    what: `${fqdn} (${use})`,
    expected: 'https:443',
    severity: 'warning',
  }));
}
