import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { routes } from '../../functions/routes.ts';
import { parseEnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { parseSpecText } from '../../shared/model/specText.ts';
import { commandLine } from '../support/commandLine.ts';
import { specContext } from '../support/spec.ts';

/** Every page of the documentation, by its path. */
const pages = [
  'README.md',
  'SECURITY.md',
  'local/azure/README.md',
  'local/kubernetes/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const text = (file: string) => readFileSync(file, 'utf8');

/** What stands in a page outside of its fenced blocks and code, where `[` and `#` mean something else. */
const prose = (page: string) => text(page).replace(/^( *)```[^]*?^\1```$/gm, '');

/** What a page can be entered at: its headings as GitHub makes anchors of them. */
const anchors = (page: string) => {
  const headings = [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\]\([^)]*\)/g, '')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return headings.map((one, index) => {
    const before = headings.slice(0, index).filter((other) => other === one).length;
    return before === 0 ? one : `${one}-${before}`;
  });
};

/** What a page links to within the repository. */
const linksOf = (page: string) =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '').filter((link) => !/^[a-z]+:/.test(link));

test.each(pages)('%s links only to what exists', (page) => {
  const isDead = (link: string) => {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    return !existsSync(file) || (anchor !== undefined && !(file.endsWith('.md') && anchors(file).includes(anchor)));
  };
  expect(linksOf(page).filter(isDead)).toEqual([]);
});

test('the index leads to every page', () => {
  const linked = linksOf('docs/README.md').map((link) => join('docs', link.replace(/#.*$/, '')));
  expect(pages.filter((page) => page !== 'docs/README.md' && !linked.includes(page))).toEqual([]);
});

test('every npm script that the pages name exists', () => {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) => [...text(page).matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)?)\b/g)]);
  const names = new Set(
    named.map(([, name]) => name ?? '').filter((name) => !['ci', 'run', 'install', 'pack'].includes(name)),
  );
  expect([...names].filter((name) => scripts[name] === undefined)).toEqual([]);
});

const optionsIn = (line: string): readonly string[] => line.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [];

/** The commands of `gatehouse` that the pages name, in blocks and in sentences: the word after the program, and its options. */
const namedCommands = () =>
  pages.flatMap((page) =>
    [...text(page).matchAll(/(?:`|\n)(?:npm run )?gatehouse (?:-- )?([a-z]+)([^`\n#]*)/g)].map(
      ([line, command = '', rest = '']) => ({ page, line: line.trim(), command, options: optionsIn(rest) }),
    ),
  );

test('every command of gatehouse that the pages name exists, with its options', async () => {
  const line = commandLine();
  const general = (await line.gatehouse('--help')).out;
  const helpOf = new Map<string, string>();
  for (const [, command = ''] of general.matchAll(/^ {2}([a-z]+)(?:\||\s)/gm)) {
    // What `local` takes npm start says; a profile has commands of its own.
    const isOpen = ['local', 'profile', 'completion'].includes(command);
    helpOf.set(command, isOpen ? '' : `${general}${(await line.gatehouse(command, '--help')).out}`);
  }
  line.close();
  const named = namedCommands();
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ command }) => !helpOf.has(command))).toEqual([]);
  const unknown = named.filter(({ command, options }) => {
    const help = helpOf.get(command);
    return help !== '' && options.some((option) => !optionsIn(help ?? '').includes(option));
  });
  expect(unknown).toEqual([]);
});

/** Manifests for kubectl lie beside the specs. */
const specs = readdirSync('examples').filter((file) => !/^apiVersion:/m.test(text(`examples/${file}`)));

test.each(specs)('examples/%s is a good spec', (file) => {
  const parsed = parseSpecText(text(`examples/${file}`), 'application/yaml');
  expect(parsed).toMatchObject({ ok: true });
  expect(parseEnvironmentSpec(parsed.ok ? parsed.value : undefined, specContext)).toMatchObject({ ok: true });
});

test('the example that spells out the defaults says what the name alone says', () => {
  const parsed = parseSpecText(text('examples/aks-egress.yaml'), 'application/yaml');
  const spelled = parseEnvironmentSpec(parsed.ok ? parsed.value : undefined, specContext);
  expect(spelled).toEqual(parseEnvironmentSpec({ name: 'aks-egress' }, specContext));
});

test.each(routes)('$method $path is documented', ({ method, path }) => {
  expect(text('docs/http.md')).toContain(`\`${method} /${path}\``);
});

test('every setting of the app is documented', () => {
  const settings = [...text('shared/settings.ts').matchAll(/GATEHOUSE_[A-Z_]+/g)].map(([name]) => name);
  const page = text('docs/settings.md');
  expect([...new Set(settings)].filter((name) => name !== 'GATEHOUSE_' && !page.includes(name))).toEqual([]);
});

test('every action of the roles is documented, and which of the two holds it', () => {
  const actionsOf = (role: string) => (JSON.parse(text(`infra/roles/${role}.json`)) as { actions: string[] }).actions;
  const rows = [...text('docs/permissions.md').matchAll(/^\| `(Microsoft\.[^`]+)` +\| (yes)? +\| \S/gm)];
  expect(rows.map(([, action]) => action)).toEqual(actionsOf('creator'));
  expect(rows.filter(([, , syncer]) => syncer === 'yes').map(([, action]) => action)).toEqual(actionsOf('syncer'));
});
