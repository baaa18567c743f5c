import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/** Below this a compressed copy saves nothing that fits into fewer packets. */
const LEAST_COMPRESSED_BYTES = 1200;

/**
 * Builds the status page into a folder, which is emptied first: index.html, and what it loads under names that change with their
 * content, each with its compressed copies beside it.
 *
 * @returns what esbuild tells of inputs and outputs
 */
export async function buildPage(folder: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    entryPoints: { page: 'web/main.tsx', icon: 'web/icon.svg' },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    entryNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
    outdir: 'dist/web',
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  for (const { name, contents } of files) write(folder, name, contents);
  const html = readFileSync('web/index.html', 'utf8').replace(
    /\{(\w+)\.(\w+)\}/g,
    (_, stem: string, ending: string) => {
      const file = files.find(({ name }) => name.startsWith(`${stem}-`) && name.endsWith(`.${ending}`));
      if (file === undefined) throw new Error(`web/index.html names {${stem}.${ending}}, which is not built.`);
      return file.name;
    },
  );
  write(folder, 'index.html', Buffer.from(html));
  return metafile;
}

function write(folder: string, name: string, contents: Uint8Array): void {
  const file = join(folder, name);
  writeFileSync(file, contents);
  if (contents.length < LEAST_COMPRESSED_BYTES) return;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(`${file}.br`, brotliCompressSync(contents, quality));
  writeFileSync(`${file}.gz`, gzipSync(contents, { level: 9 }));
}
