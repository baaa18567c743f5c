// Bundles the app (functions/) and what runs it on one machine (local/) into dist/. Only ES modules split, and only
// split bundles load the SDKs lazily; the banner gives bundled CommonJS packages the names they expect.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

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
  format: 'esm',
  splitting: true,
  outdir: 'dist',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // The Functions host provides this module at run time.
  external: ['@azure/functions-core'],
  banner: { js: banner },
};

rmSync('dist', { recursive: true, force: true });
const entryPoints = {
  'functions/index': 'functions/index.ts',
  'local/main': 'local/main.ts',
  'local/appOnly': 'local/appOnly.ts',
  'local/azure': 'local/azure/main.ts',
  'local/demo': 'local/demo/main.ts',
};
const { metafile } = await build({ ...options, entryPoints });
if (!process.argv.includes('--quiet')) {
  for (const [file, { bytes, entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint !== undefined) console.log(`${file}  ${Math.ceil(bytes / 1024)} KB`);
  }
}
