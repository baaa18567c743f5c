import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';

/**
 * The app as it would be without a bundle and without lazy loading: every source file compiled by itself, packages in
 * node_modules, and every package that the bundle loads lazily imported before the functions are.
 */
export async function unbundledApp(folder: string, metafile: Metafile): Promise<void> {
  const sources = Object.keys(metafile.inputs).filter((path) => /^(functions|orchestrations|shared)\//.test(path));
  const { outputFiles } = await build({
    entryPoints: sources,
    outbase: '.',
    outdir: folder,
    bundle: false,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text.replace(/((?:\bfrom|\bimport\(|\bimport)\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
  }
  const documents = Object.keys(metafile.inputs).filter((path) => /^(?!node_modules\/).*\.json$/.test(path));
  for (const path of documents) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    copyFileSync(path, join(folder, path));
  }
  const lazy = lazilyLoaded(metafile).map((specifier) => `import '${specifier}';`);
  writeFileSync(join(folder, 'eager.js'), [...lazy, "import './functions/index.js';", ''].join('\n'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'eager.js' }));
  copyFileSync('host.json', join(folder, 'host.json'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
}

/** What our own files import dynamically, seen from the root: packages, and files that stand for packages. */
function lazilyLoaded(metafile: Metafile): readonly string[] {
  const imports = Object.entries(metafile.inputs)
    .filter(([path]) => !path.includes('node_modules/') && path !== 'functions/start.ts')
    .flatMap(([, input]) => input.imports)
    // A document is no SDK: it is read where somebody asks for it.
    .filter(({ kind, path }) => kind === 'dynamic-import' && !path.endsWith('.json'))
    .map(({ path, original = path }) =>
      path.includes('node_modules/') ? original : `./${path.replace(/\.ts$/, '.js')}`,
    );
  return [...new Set(imports)].sort();
}
