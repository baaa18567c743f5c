// `npm run package`, `npm run sbom` and `npm run licences`.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makePackage, PackageError, type AppPackage } from './appPackage.ts';
import { MOST_ZIP_BYTES } from './contents.ts';
import { licencePage } from './licences.ts';
import { billOfMaterials } from './sbom.ts';

const usage = `Makes the package that Azure Functions takes.

  npm run package -- [options]    folder, zip and bill of materials
  npm run sbom -- [options]       the same, and prints the bill of materials (CycloneDX)
  npm run licences                writes docs/licences.md from what the package holds

  --host FILE   the host.json to take (default host.json)
  --out DIR     where to (default dist-package): app/, gatehouse.zip, gatehouse.cdx.json, bundle.json
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: 'host.json' },
    out: { type: 'string', default: 'dist-package' },
    help: { type: 'boolean', default: false },
  },
});
const [command] = positionals;

if (values.help) console.log(usage);
else
  try {
    await run(values.out, values.host);
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }

async function run(out: string, host: string): Promise<void> {
  const made = await makePackage(join(out, 'app'), host);
  const bill = billOfMaterials(made.packages, made.zip);
  writeFileSync(join(out, 'gatehouse.zip'), made.zip);
  writeFileSync(join(out, 'gatehouse.cdx.json'), bill);
  // What esbuild's analyzer (https://esbuild.github.io/analyze/) reads.
  writeFileSync(join(out, 'bundle.json'), JSON.stringify(made.metafile));
  if (command === 'licences') writeFileSync('docs/licences.md', licencePage(made.packages));
  else console.log(command === 'sbom' ? bill : table(made, out));
}

function table({ files, zip, packages }: AppPackage, out: string): string {
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`.padStart(9);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return [
    ...files.map((file) => `${kilobytes(file.bytes.length)}  ${file.path}`),
    `${kilobytes(bytes)}  in ${files.length} files, with code of ${packages.length} packages`,
    '',
    `${kilobytes(zip.length)}  ${join(out, 'gatehouse.zip')}, of ${MOST_ZIP_BYTES / 1e6} MB at the most`,
    `           SHA-256 ${createHash('sha256').update(zip).digest('hex')}`,
  ].join('\n');
}
