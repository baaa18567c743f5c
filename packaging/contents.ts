import type { PackageFile } from './zip.ts';

/** What Flex Consumption unpacks in a moment; the design asks for no more. */
export const MOST_ZIP_BYTES = 10_000_000;

/** One has to be there, whatever else is. */
const required = [
  'host.json',
  'package.json',
  'LICENSE',
  'THIRD_PARTY_LICENSES.txt',
  'dist/functions/index.js',
  'dist/functions/index.js.map',
  'dist/web/index.html',
];

const bundled = /^dist\/(functions\/index|[\w-]+-[A-Z0-9]{8})\.js(\.map)?$/;
/** The status page; only what is worth it is compressed. */
const page = /^dist\/web\/(index\.html|(page|icon)-[A-Z0-9]{8}\.(js|css|svg))(\.br|\.gz)?$/;
const named = /"ui\/((?:page|icon)-[A-Z0-9]{8}\.(?:js|css|svg))"/g;
/** As esbuild writes them. */
const imported = /(?:from|import) ?\(?"(\.{1,2}\/(?:[\w-]+-[A-Z0-9]{8})\.js)"/g;

/**
 * What is wrong with the files of a package and its zip: missing, stray, referred to and not there, too large, or with sources from
 * outside of the repository in a source map.
 */
export function contentProblems(files: readonly PackageFile[], zipBytes: number): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const text = new TextDecoder();
  return [
    ...required.filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
    ...[...paths]
      .filter((path) => !required.includes(path) && !bundled.test(path) && !page.test(path))
      .map((path) => `${path} is stray`),
    ...files.flatMap(({ path, bytes }) => {
      if (path === 'dist/web/index.html') return missingParts(text.decode(bytes), paths);
      if (path.startsWith('dist/web/')) return [];
      if (path.endsWith('.js')) return missingImports(path, text.decode(bytes), paths);
      return path.endsWith('.map') ? foreignSources(path, text.decode(bytes)) : [];
    }),
    ...(zipBytes <= MOST_ZIP_BYTES ? [] : [`the zip has ${zipBytes} bytes, and may have ${MOST_ZIP_BYTES}`]),
  ];
}

function missingImports(path: string, code: string, paths: ReadonlySet<string>): readonly string[] {
  const targets = [...code.matchAll(imported)].map(([, target = '']) => new URL(target, `file:///${path}`));
  const missing = targets.map(({ pathname }) => pathname.slice(1)).filter((target) => !paths.has(target));
  const unmapped = paths.has(`${path}.map`) ? [] : [`${path}.map is missing`];
  return [...missing.map((target) => `${path} imports ${target}, which is missing`), ...unmapped];
}

function missingParts(html: string, paths: ReadonlySet<string>): readonly string[] {
  const targets = [...html.matchAll(named)].map(([, target = '']) => target);
  const missing = targets.filter((target) => !paths.has(`dist/web/${target}`));
  const loads = (ending: string) => targets.some((target) => target.endsWith(ending));
  return [
    ...missing.map((target) => `dist/web/index.html loads ${target}, which is missing`),
    ...(loads('.js') && loads('.css') ? [] : ['dist/web/index.html loads no script or no style']),
  ];
}

function foreignSources(path: string, json: string): readonly string[] {
  const { sources } = JSON.parse(json) as { sources: readonly string[] };
  const foreign = sources.filter(
    (source) => !/^(\.\.\/)+((functions|orchestrations|shared|infra\/roles)\/|docs\/openapi\.json$)/.test(source),
  );
  return foreign.map((source) => `${path} names the source ${source}, which is none of the app's`);
}
