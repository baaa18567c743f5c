// `npm run package`, `npm run sbom` and `npm run licences`.
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runMain, UsageError } from '../local/options.ts';
import { makePackage, type AppPackage } from './appPackage.ts';
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

const commands = ['package', 'sbom', 'licences'] as const;

runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      host: { type: 'string', default: 'host.json' },
      out: { type: 'string', default: 'dist-package' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const [given = 'none'] = positionals;
  const command = commands.find((name) => name === given);
  if (command === undefined) throw new UsageError(`The command is one of ${commands.join(', ')}, not ${given}.`);
  await run(command, values.out, values.host);
});

async function run(command: (typeof commands)[number], out: string, host: string): Promise<void> {
  const files = {
    zip: join(out, 'gatehouse.zip'),
    bill: join(out, 'gatehouse.cdx.json'),
    metafile: join(out, 'bundle.json'),
  };
  // Where the package is refused, none of before is taken for it.
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const made = await makePackage(join(out, 'app'), host);
  const bill = billOfMaterials(made.packages, made.zip);
  writeFileSync(files.zip, made.zip);
  writeFileSync(files.bill, bill);
  writeFileSync(files.metafile, JSON.stringify(made.metafile));
  if (command === 'licences') writeFileSync('docs/licences.md', licencePage(made.packages));
  else console.log(command === 'sbom' ? bill : table(made, files.zip));
}

function table({ files, zip, packages }: AppPackage, zipFile: string): string {
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`.padStart(9);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return [
    ...files.map((file) => `${kilobytes(file.bytes.length)}  ${file.path}`),
    `${kilobytes(bytes)}  in ${files.length} files, with code of ${packages.length} packages`,
    '',
    `${kilobytes(zip.length)}  ${zipFile}, of ${MOST_ZIP_BYTES / 1e6} MB at the most`,
    `           SHA-256 ${createHash('sha256').update(zip).digest('hex')}`,
  ].join('\n');
}
