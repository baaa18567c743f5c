import { licenceText, type ShippedPackage } from './shippedPackages.ts';

/** The page that lists what is shipped (docs/licences.md). */
export function licencePage(packages: readonly ShippedPackage[]): string {
  const width = (header: string, of: (one: ShippedPackage) => string) =>
    Math.max(header.length, ...packages.map((one) => of(one).length));
  const [name, version, licence] = [
    width('package', (one) => one.name),
    width('version', (one) => one.version),
    width('licence', (one) => one.licence),
  ];
  const row = (one: string, two: string, three: string) =>
    `| ${one.padEnd(name)} | ${two.padEnd(version)} | ${three.padEnd(licence)} |`;
  const count = new Map<string, number>();
  for (const one of packages) count.set(one.licence, (count.get(one.licence) ?? 0) + 1);
  const counted = [...count].sort(([, one], [, other]) => other - one).map(([id, times]) => `${times} × ${id}`);
  return [
    '# Licences',
    '',
    `Gatehouse itself is under the [MIT licence](../LICENSE). Its package holds code of ${packages.length} packages: ${counted.join(', ')}.`,
    'Their texts come with it, in `THIRD_PARTY_LICENSES.txt`. `npm run licences` writes this page from what the bundle holds.',
    '',
    row('package', 'version', 'licence'),
    `| ${'-'.repeat(name)} | ${'-'.repeat(version)} | ${'-'.repeat(licence)} |`,
    ...packages.map((one) => row(one.name, one.version, one.licence)),
    '',
  ].join('\n');
}

/** Each text once, below the packages that it belongs to. */
export function licenceTexts(packages: readonly ShippedPackage[]): string {
  const owners = new Map<string, string[]>();
  for (const one of packages) {
    const text = licenceText(one);
    owners.set(text, [...(owners.get(text) ?? []), `${one.name} ${one.version} (${one.licence})`]);
  }
  const sections = [...owners].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return `This package holds code of the following packages, under these licences.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
