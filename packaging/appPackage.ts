import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { appEntry, bundle } from './bundle.ts';
import { contentProblems } from './contents.ts';
import { licenceTexts } from './licences.ts';
import { PackageError } from './packageError.ts';
import { buildPage } from './page.ts';
import { licenceProblems, shippedPackages, type ShippedPackage } from './shippedPackages.ts';
import { zip, type PackageFile } from './zip.ts';

export interface AppPackage {
  readonly files: readonly PackageFile[];
  readonly zip: Uint8Array;
  readonly metafile: Metafile;
  readonly packages: readonly ShippedPackage[];
}

/**
 * Puts the app, as the Functions host takes it, into a folder that is emptied first: bundle, host.json, a package.json that
 * asks for no installation, and licences.
 *
 * @param hostFile the host.json to take
 * @throws PackageError, and then there is no folder
 */
export async function makePackage(directory: string, hostFile: string): Promise<AppPackage> {
  rmSync(directory, { recursive: true, force: true });
  const host = hostJson(hostFile);
  try {
    return await filled(directory, host);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function filled(directory: string, host: string): Promise<AppPackage> {
  const app = await bundle(appEntry, join(directory, 'dist'));
  const page = await buildPage(join(directory, 'dist', 'web'));
  const metafile = { inputs: { ...app.inputs, ...page.inputs }, outputs: { ...app.outputs, ...page.outputs } };
  const packages = shippedPackages(metafile);
  const unfit = licenceProblems(packages);
  if (unfit.length > 0) throw new PackageError(unfit);
  const written = {
    'host.json': host,
    'package.json': `${JSON.stringify(manifest(), undefined, 2)}\n`,
    LICENSE: readFileSync('LICENSE'),
    'THIRD_PARTY_LICENSES.txt': licenceTexts(packages),
  };
  for (const [path, content] of Object.entries(written)) writeFileSync(join(directory, path), content);
  const files = filesBelow(directory);
  const zipped = zip(files);
  const problems = contentProblems(files, zipped.length);
  if (problems.length > 0) throw new PackageError(problems);
  return { files, zip: zipped, metafile, packages };
}

/** Everything is bundled, so nothing is left to install in Azure. */
function manifest(): object {
  const { name, version, description, license, type, main, engines } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  ) as Record<string, unknown>;
  return { name, version, private: true, description, license, type, main, engines };
}

/** @throws PackageError when it is not there, or no JSON */
function hostJson(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new PackageError([`${file} can't be taken for host.json: ${String(error)}`], { cause: error });
  }
}

function filesBelow(directory: string): readonly PackageFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort()
    .map((path) => ({ path, bytes: readFileSync(join(directory, path)) }));
}
