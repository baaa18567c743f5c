import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { makePackage } from '../../../packaging/appPackage.ts';

const CONFORMANCE_APP = join(import.meta.dirname, '..', 'app');

/** Bundles the app of the conformance cases into `folder` as it would be deployed. */
export async function deployConformanceApp(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  cpSync(join(CONFORMANCE_APP, 'host.json'), join(folder, 'host.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ main: 'dist/index.js' }));
  await build({
    entryPoints: [join(CONFORMANCE_APP, 'index.ts')],
    outfile: join(folder, 'dist', 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    logLevel: 'warning',
  });
}

/** Lays Gatehouse into `folder` as its package holds it. */
export async function deployGatehouse(folder: string): Promise<void> {
  await makePackage(folder, 'host.json');
}
