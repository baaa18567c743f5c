import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { unzipSync } from 'fflate';
import { contentProblems, MOST_ZIP_BYTES } from '../../packaging/contents.ts';
import { licencePage, licenceTexts } from '../../packaging/licences.ts';
import { loadedWith } from '../../packaging/metafile.ts';
import { licenceProblems, shippedPackages, type ShippedPackage } from '../../packaging/shippedPackages.ts';
import { zip, type PackageFile } from '../../packaging/zip.ts';
import type { StartedPackage } from './startPackage.ts';

// All of it is about one package, made as `npm run package` makes it, and unpacked where nothing else is.

const execute = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-package-'));
const unpacked = join(directory, 'unpacked');
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let zipped: Uint8Array;
let files: readonly PackageFile[];
let metafile: Metafile;
let packages: readonly ShippedPackage[];
let table: string;

/** A bundle takes seconds, and many times that where everything runs at once. */
const MOST_MS = 300_000;

/** The same again: elsewhere, at another time of day, with a copy of host.json. */
const elsewhere = join(directory, 'elsewhere', 'deeper');

beforeAll(async () => {
  const host = join(directory, 'host.copy.json');
  copyFileSync('host.json', host);
  const again = makePackage(elsewhere, { TZ: 'Pacific/Auckland', LC_ALL: 'C' }, '--host', host);
  table = await makePackage(directory);
  await again;
  zipped = readFileSync(join(directory, 'gatehouse.zip'));
  files = Object.entries(unzipSync(zipped)).map(([path, bytes]) => ({ path, bytes }));
  metafile = JSON.parse(readFileSync(join(directory, 'bundle.json'), 'utf8')) as Metafile;
  packages = shippedPackages(metafile);
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(unpacked, path)), { recursive: true });
    writeFileSync(join(unpacked, path), bytes);
  }
}, MOST_MS);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function makePackage(out: string, environment: NodeJS.ProcessEnv = {}, ...options: string[]): Promise<string> {
  const script = ['--no-warnings', 'packaging/main.ts', 'package', '--out', out, ...options];
  const { stdout } = await execute(process.execPath, script, { env: { ...inherited(), ...environment } });
  return stdout;
}

/** The environment without what jest and whoever runs it have put there. */
function inherited(): NodeJS.ProcessEnv {
  const foreign = /^(GATEHOUSE_|AZURE_|JEST_|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

describe('what is in it', () => {
  test('the zip holds what has to be there, nothing else, and is small', () => {
    expect(contentProblems(files, zipped.length)).toEqual([]);
    expect(zipped.length).toBeLessThan(MOST_ZIP_BYTES);
  });

  test('every file is listed with its size', () => {
    const listed = table.split('\n').flatMap((line) => /^ *\d+ kB {2}(\S+)$/.exec(line)?.[1] ?? []);
    expect(listed).toEqual(files.map(({ path }) => path));
    expect(table).toContain(digest(zipped));
  });

  const without = (path: string) => files.filter((file) => file.path !== path);
  const and = (path: string, content = '') => [...files, { path, bytes: new TextEncoder().encode(content) }];
  const aChunk = () => files.find(({ path }) => /^dist\/chunk-.*\.js$/.test(path))?.path ?? 'none';
  test.each([
    ['host.json is missing', () => without('host.json')],
    ['dist/functions/index.js is missing', () => without('dist/functions/index.js')],
    ['THIRD_PARTY_LICENSES.txt is missing', () => without('THIRD_PARTY_LICENSES.txt')],
    ['local.settings.json is stray', () => and('local.settings.json')],
    ['dist/local/main.js is stray', () => and('dist/local/main.js')],
    ['node_modules/zod/index.js is stray', () => and('node_modules/zod/index.js')],
    ['names the source ../test/secret.ts', () => and('dist/x-ABCDEFGH.js.map', '{"sources":["../test/secret.ts"]}')],
    ['names the source ../../home/me/a.ts', () => and('dist/x-ABCDEFGH.js.map', '{"sources":["../../home/me/a.ts"]}')],
    ['imports dist/gone-ABCDEFGH.js, which is missing', () => and('dist/x-ABCDEFGH.js', 'import"./gone-ABCDEFGH.js"')],
  ])('is refused when %s', (problem, altered) => {
    expect(contentProblems(altered(), 1)).toEqual(expect.arrayContaining([expect.stringContaining(problem)]));
  });

  test('is refused when a part of the bundle is missing, or when it is too large', () => {
    expect(contentProblems(without(aChunk()), 1).join()).toContain(`imports ${aChunk()}, which is missing`);
    expect(contentProblems(files, MOST_ZIP_BYTES + 1)).toEqual([expect.stringContaining('the zip has 10000001 bytes')]);
  });

  test('it asks for no installation, and says what to load', () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(manifest)).not.toContain('dependencies');
    expect(Object.keys(manifest)).not.toContain('scripts');
    expect(manifest).toMatchObject({ name: 'gatehouse', type: 'module', main: 'dist/functions/*.js' });
  });

  test(
    'a host.json that is none is refused, and no package of before is left in its place',
    async () => {
      const host = join(directory, 'other.json');
      const out = join(directory, 'other');
      writeFileSync(host, '{ "version": ');
      mkdirSync(join(out, 'app'), { recursive: true });
      writeFileSync(join(out, 'gatehouse.zip'), 'of before');
      await expect(makePackage(out, {}, '--host', host)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/other\.json can't be taken for host\.json: .*Nothing was made\.$/m),
      });
      expect(readdirSync(out)).toEqual([]);
    },
    MOST_MS,
  );
});

test('the same sources make the same zip, whatever the folder, the time zone and the order of files', () => {
  const twice = (file: string) => [directory, elsewhere].map((folder) => digest(readFileSync(join(folder, file))));
  for (const [one, other] of [twice('gatehouse.zip'), twice('gatehouse.cdx.json')]) expect(other).toBe(one);
  expect(digest(zip([...files].reverse()))).toBe(digest(zipped));
});

describe('started from where nothing else is', () => {
  const start = async (environment: NodeJS.ProcessEnv): Promise<StartedPackage> => {
    const script = ['--no-warnings', 'test/packaging/startPackage.ts', unpacked];
    const { stdout } = await execute(process.execPath, script, { env: { ...inherited(), ...environment } });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as StartedPackage;
  };
  const settings = [...new Set(readFileSync('docs/settings.md', 'utf8').match(/\b(GATEHOUSE|AZURE)_[A-Z_]+[A-Z]\b/g))];

  test(
    'it registers every function and answers, also when every setting is broken',
    async () => {
      const [sound, broken] = await Promise.all([
        start({ GATEHOUSE_SUBSCRIPTION: '00000000-0000-0000-0000-0000000000aa' }),
        start(Object.fromEntries(settings.map((name) => [name, '\u2022 not a value: ://']))),
      ]);
      expect(sound.functions).toEqual(expect.arrayContaining(['driftTimer', 'firewallLane', 'health', 'startStep']));
      // Where a webhook is named, be it an unusable one, there is a timer more.
      expect(broken.functions.filter((name) => name !== 'notifier')).toEqual(sound.functions);
      expect(sound.plan).toMatchObject({ status: 400, body: { type: 'urn:gatehouse:problem:invalid-request' } });

      // One that asks is told which settings, and so is the log; nobody is told what they hold.
      expect(broken.health.status).toBe(503);
      expect(JSON.stringify(broken.health.body)).toContain('GATEHOUSE_ARM_ENDPOINT');
      expect(broken.plan.status).toBeGreaterThanOrEqual(500);
      expect(broken.plan.body).toMatchObject({
        detail: expect.stringMatching(/settings can't be used: .*GATEHOUSE_SUBSCRIPTION must be a subscription id/),
        remedy: expect.stringContaining('Correct these app settings'),
      });
      expect(JSON.stringify([broken.health, broken.plan])).not.toContain('not a value');
    },
    MOST_MS,
  );

  test(
    'stack traces in its log tell lines of .ts',
    async () => {
      const { log } = await start({ GATEHOUSE_SUBSCRIPTION: 'none' });
      const [, line] = /\(?\/.*\/shared\/settings\.ts:(\d+):\d+\)?/.exec(log.join('\n')) ?? [];
      const source = readFileSync('shared/settings.ts', 'utf8').split('\n');
      expect(source[Number(line) - 1]).toContain('throw new SettingsError');
    },
    MOST_MS,
  );
});

test('where the app is started here, the host that loads it maps its own lines as well', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const starts = Object.values(scripts).flatMap((script) => script.match(/node .*dist\/local\/\w+\.js/) ?? []);
  expect(starts.length).toBeGreaterThan(0);
  for (const start of starts) expect(start).toContain('node --enable-source-maps dist/local/');
});

describe('what is loaded at start', () => {
  const packageOf = (path: string) => path.split('node_modules/').at(-1) ?? path;

  test('is no SDK: they are loaded where they are used', () => {
    const sdk = /^(@azure\/(arm-|core-|identity|msal|monitor)|@azure-rest\/|@typespec\/|@kubernetes\/)/;
    const telemetry = /^(@opentelemetry\/(?!api\/)|@grpc\/|applicationinsights\/)/;
    const loaded = loadedWith(metafile, 'functions/index.ts').map(packageOf);
    expect(loaded).toContain('durable-functions/lib/src/index.js');
    expect(loaded.filter((path) => sdk.test(path) || telemetry.test(path))).toEqual([]);
  });

  test('is nothing at all before source maps are switched on', () => {
    expect(loadedWith(metafile, 'functions/start.ts')).toEqual(['functions/start.ts']);
  });
});

describe('licences', () => {
  test('the page tells what the bundle holds (npm run licences writes it)', () => {
    expect(readFileSync('docs/licences.md', 'utf8')).toBe(licencePage(packages));
  });

  test('every package that is shipped has an accepted licence, and its text comes along', () => {
    expect(licenceProblems(packages)).toEqual([]);
    const texts = readFileSync(join(unpacked, 'THIRD_PARTY_LICENSES.txt'), 'utf8');
    expect(texts).toBe(licenceTexts(packages));
    for (const { name, version, licence } of packages) expect(texts).toContain(`${name} ${version} (${licence})\n`);
  });

  test.each(['GPL-3.0-only', 'AGPL-3.0', '(MIT OR GPL-2.0)', 'SEE LICENSE IN LICENSE', 'none'])(
    '%s is refused',
    (licence) => {
      const problems = licenceProblems([...packages, { name: 'new', version: '1.0.0', licence, directory: '' }]);
      expect(problems).toEqual([expect.stringContaining(`new@1.0.0 has the licence "${licence}"`)]);
    },
  );
});

test('the bill of materials names the zip and what it holds, and how that depends on each other', () => {
  const bill = JSON.parse(readFileSync(join(directory, 'gatehouse.cdx.json'), 'utf8')) as Bill;
  expect(bill).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'gatehouse', hashes: [{ alg: 'SHA-256', content: digest(zipped) }] } },
  });
  const named = bill.components.map(({ name, version }) => `${name}@${version}`);
  expect([...new Set(named)].sort()).toEqual(packages.map(({ name, version }) => `${name}@${version}`).sort());
  const refs = [bill.metadata.component['bom-ref'], ...bill.components.map((component) => component['bom-ref'])];
  for (const { ref, dependsOn } of bill.dependencies) expect(refs).toEqual(expect.arrayContaining([ref, ...dependsOn]));
});

interface Bill {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly { readonly 'bom-ref': string; readonly name: string; readonly version: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
