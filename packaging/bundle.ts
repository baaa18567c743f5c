import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { ownMappings } from './sourceMap.ts';

/** The names that bundled CommonJS packages expect. */
const banner = [
  "import { createRequire as gatehouseCreateRequire } from 'node:module';",
  "import { fileURLToPath as gatehouseFileURLToPath } from 'node:url';",
  "import { dirname as gatehouseDirname } from 'node:path';",
  'const require = gatehouseCreateRequire(import.meta.url);',
  'const __filename = gatehouseFileURLToPath(import.meta.url);',
  'const __dirname = gatehouseDirname(__filename);',
].join(' ');

const options = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  // Only ES modules split, and only split bundles load the SDKs lazily.
  format: 'esm',
  splitting: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
  // Also where the files go to another folder: their names, and the sources that maps name, depend on it.
  outdir: 'dist',
  // The Functions host provides this module at run time.
  external: ['@azure/functions-core'],
  banner: { js: banner },
} as const satisfies BuildOptions;

/** The app as the Functions host loads it. */
export const appEntry = { 'functions/index': 'functions/start.ts' };

/**
 * Bundles entry points (output without its ending → source) into a folder, which is emptied first. The source maps tell of our
 * own files alone: Node reads a map as soon as it loads the module, and those of the SDKs would cost more than they tell.
 *
 * @returns what esbuild tells of inputs and outputs; the latter have names below `dist/`, whatever the folder
 */
export async function bundle(entryPoints: Readonly<Record<string, string>>, folder: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({ ...options, entryPoints: { ...entryPoints } });
  rmSync(folder, { recursive: true, force: true });
  for (const output of outputFiles) {
    const file = join(folder, relative(options.outdir, output.path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, output.path.endsWith('.map') ? ownMappings(output.text) : output.contents);
  }
  return metafile;
}
