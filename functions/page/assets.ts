import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** A file of the page in every form that it is kept in. */
export interface PageAsset {
  readonly type: string;
  /** Strong, of the file as it is before compression; each form adds its own ending. */
  readonly tag: string;
  readonly plain: Uint8Array;
  readonly brotli?: Uint8Array;
  readonly gzip?: Uint8Array;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

let assets: ReadonlyMap<string, PageAsset> | undefined;

/** The files of the built page by name; empty where it has not been built. Read once, when first asked for. */
export function pageAssets(): ReadonlyMap<string, PageAsset> {
  assets ??= readAssets(pageFolder(import.meta.dirname));
  return assets;
}

/** The nearest `dist/web` above: the bundle lies in `dist/` or below it, the sources beside it. */
function pageFolder(start: string): string | undefined {
  const folder = join(start, 'dist', 'web');
  if (existsSync(join(folder, 'index.html'))) return folder;
  return dirname(start) === start ? undefined : pageFolder(dirname(start));
}

function readAssets(folder: string | undefined): ReadonlyMap<string, PageAsset> {
  if (folder === undefined) return new Map();
  const files = new Set(readdirSync(folder));
  const read = (name: string) => (files.has(name) ? readFileSync(join(folder, name)) : undefined);
  return new Map(
    [...files].flatMap((name): [string, PageAsset][] => {
      const [type, plain, brotli, gzip] = [types[extname(name)], read(name), read(`${name}.br`), read(`${name}.gz`)];
      if (type === undefined || plain === undefined) return [];
      const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
      return [[name, { type, tag, plain, ...(brotli && { brotli }), ...(gzip && { gzip }) }]];
    }),
  );
}
