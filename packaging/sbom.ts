import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { v5 as uuid } from 'uuid';
import { PackageError } from './packageError.ts';
import type { ShippedPackage } from './shippedPackages.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

interface Bom {
  readonly metadata: { readonly component: Component & Record<string, unknown> } & Record<string, unknown>;
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/** Names are made unique below it; drawn once. */
const NAMESPACE = 'f0b0a1f7-7c0e-4d8e-9a51-1b1a7d5a3c52';

/**
 * The software bill of materials of a zip, in CycloneDX (JSON): what npm tells of the lock file's packages, of
 * those that the bundle holds code of. The same zip has the same bill.
 *
 * @throws PackageError when npm knows nothing of a package that is shipped
 */
export function billOfMaterials(packages: readonly ShippedPackage[], zip: Uint8Array): string {
  const bom = locked();
  const shipped = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = bom.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  const known = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const unknown = [...shipped].filter((one) => !known.has(one));
  if (unknown.length > 0)
    throw new PackageError([`the lock file asks for no ${unknown.join(', ')}: run npm ci and try again`]);
  const refs = new Set([bom.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  const digest = createHash('sha256').update(zip).digest('hex');
  const { timestamp: _, ...metadata } = bom.metadata;
  return `${JSON.stringify(
    {
      ...bom,
      serialNumber: `urn:uuid:${uuid(digest, NAMESPACE)}`,
      metadata: {
        ...metadata,
        component: {
          ...bom.metadata.component,
          // npm gives the name of the folder.
          name: 'gatehouse',
          type: 'application',
          hashes: [{ alg: 'SHA-256', content: digest }],
        },
      },
      components,
      dependencies: bom.dependencies
        .filter(({ ref }) => refs.has(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) })),
    },
    undefined,
    2,
  )}\n`;
}

/** npm itself tells what the lock file asks for, alike on every platform. Its `--omit` leaves out what development and production share. */
function locked(): Bom {
  const command = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  // `npm run` names the npm that runs it.
  const npm = process.env['npm_execpath'];
  const output =
    npm === undefined
      ? execFileSync('npm', command, { maxBuffer: 1e8, shell: process.platform === 'win32' })
      : execFileSync(process.execPath, [npm, ...command], { maxBuffer: 1e8 });
  return JSON.parse(output.toString('utf8')) as Bom;
}
