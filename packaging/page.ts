import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/** Below this a compressed copy saves nothing that fits into fewer packets. */
const LEAST_COMPRESSED_BYTES = 1200;

/**
 * Builds the status page into a folder, where nothing else stays: index.html, and what it loads under names that change with their
 * content, each with its compressed copies beside it. Whoever reads there meanwhile finds the page that was there, or this one.
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
  mkdirSync(folder, { recursive: true });
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  const written = files.flatMap(({ name, contents }) => write(folder, name, contents));
  const html = readFileSync('web/index.html', 'utf8').replace(
    /\{(\w+)\.(\w+)\}/g,
    (_, stem: string, ending: string) => {
      const file = files.find(({ name }) => name.startsWith(`${stem}-`) && name.endsWith(`.${ending}`));
      if (file === undefined) throw new Error(`web/index.html names {${stem}.${ending}}, which is not built.`);
      return file.name;
    },
  );
  written.push(...write(folder, 'index.html', Buffer.from(html)));
  for (const name of readdirSync(folder)) if (!written.includes(name)) rmSync(join(folder, name), { force: true });
  return metafile;
}

/** A file and its compressed copies. @returns their names */
function write(folder: string, name: string, contents: Uint8Array): readonly string[] {
  put(folder, name, contents);
  if (contents.length < LEAST_COMPRESSED_BYTES) return [name];
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  put(folder, `${name}.br`, brotliCompressSync(contents, quality));
  put(folder, `${name}.gz`, gzipSync(contents, { level: 9 }));
  return [name, `${name}.br`, `${name}.gz`];
}

/** Whole or not at all, and only where it is another one: somebody may be reading it. */
function put(folder: string, name: string, contents: Uint8Array): void {
  const file = join(folder, name);
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  const beside = `${folder}-${randomUUID()}`;
  writeFileSync(beside, contents);
  renameSync(beside, file);
}
