import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { drawEnvironment } from '../../cli/commands/status.ts';
import { drawnStep, showProgress } from '../../cli/progress.ts';
import { styler } from '../../cli/io.ts';
import { parseEnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { parseSpecText } from '../../shared/model/specText.ts';
import { commandLine, type CommandLine } from '../support/commandLine.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { environmentAnswer } from '../support/pageAnswers.ts';
import { specContext } from '../support/spec.ts';

let line: CommandLine;
beforeEach(() => {
  line = commandLine();
});
afterEach(() => line.close());

describe('what can not be done', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown command', ['plna'], 'Did you mean plan?'],
    ['an unknown option', ['list', '--al'], "unknown option '--al'"],
    ['a missing argument', ['status'], "missing required argument 'name'"],
    ['an unknown format', ['list', '-o', 'xml'], 'Allowed choices are table, json, yaml'],
    ['nothing to plan', ['plan'], 'or a spec with -f'],
    ['a spec that is not there', ['plan', '-f', 'nothing.yaml'], "nothing.yaml can't be read"],
    [
      'an app that is not there',
      ['list', '--url', 'http://127.0.0.1:9/api'],
      'Nobody answers at http://127.0.0.1:9/api',
    ],
    ['a key that holds a line end', ['list', '--key', 'abc\ndef'], 'The key has characters in it that no key has'],
    ['an address that is none', ['list', '--url', 'gatehouse'], '"gatehouse" is no address of an app'],
    ['an unknown profile', ['list', '--profile', 'prod'], 'gatehouse profile set prod'],
    ['a name that no environment can have', ['init', 'My Shop'], 'Use 1 to 40 of a-z, 0-9 and -'],
  ])('%s is told with what to do instead', async (_, words, told) => {
    expect(await line.gatehouse(...words)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(told) });
  });

  test('a spec that can not be read is told by line and column', async () => {
    line.answers.push('name: a', 'name: b');
    const { code, err } = await line.gatehouse('plan', '-f', '-');
    expect([code, err]).toEqual([1, expect.stringContaining('line 2, column 1: a key appears twice')]);
  });
});

describe('an app', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(() => cloud.close());

  test('that is not opened says so in words of its own', async () => {
    const refused = await line.gatehouse('list', '--url', cloud.api, '--key', 'wrong');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('The key was refused') });
    const unopened = await line.gatehouse('list', '--url', cloud.api);
    expect(unopened).toMatchObject({ code: 1, err: expect.stringContaining('lets nobody in without credentials') });
  });

  test('that runs from this folder is found, with its key', async () => {
    mkdirSync(join(line.directory, '.gatehouse'));
    const app = { api: cloud.api, key: cloud.host.keys.function };
    writeFileSync(join(line.directory, '.gatehouse', 'app.json'), JSON.stringify(app));
    expect(await line.gatehouse('list')).toMatchObject({ code: 0 });
  });

  test('is kept by a profile, in a file that only its owner reads', async () => {
    line.env['KEY'] = cloud.host.keys.function;
    expect(await line.gatehouse('profile', 'set', 'prod', '--url', cloud.api, '--key-from', 'KEY')).toMatchObject({
      code: 0,
    });
    expect(await line.gatehouse('list')).toMatchObject({ code: 0 });
    expect(
      (await line.gatehouse('profile', 'set', 'other', '--url', 'https://other.example/api', '--key', 'secret')).code,
    ).toBe(0);
    const listed = await line.gatehouse('profile', 'list');
    expect(listed.out).toMatch(/prod .*KEY\n\* +other +https:\/\/other\.example\/api +a key/);
    expect(listed.out).not.toContain('secret');
    const file = join(line.directory, '.config', 'gatehouse', 'config.yaml');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await line.gatehouse('profile', 'use', 'prod')).code).toBe(0);
    expect((await line.gatehouse('list')).code).toBe(0);
    expect((await line.gatehouse('profile', 'remove', 'prod')).code).toBe(0);
    expect(await line.gatehouse('profile', 'use', 'prod')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There are other'),
    });
    delete line.env['KEY'];
  });

  test('whose profile is not as it should be is told by the field', async () => {
    line.env['GATEHOUSE_CONFIG'] = join(line.directory, 'bad.yaml');
    writeFileSync(line.env['GATEHOUSE_CONFIG'], 'profiles: { prod: { url: somewhere } }\n');
    expect(await line.gatehouse('list')).toMatchObject({ code: 1, err: expect.stringContaining('profiles.prod.url') });
  });
});

test('the spec that init writes says what its name alone says', async () => {
  const { out } = await line.gatehouse('init', 'shop', '-f', '-');
  const parsed = parseSpecText(out, 'application/yaml');
  const spelled = parseEnvironmentSpec(parsed.ok ? parsed.value : undefined, specContext);
  expect(spelled).toMatchObject({ ok: true });
  expect(spelled).toEqual(parseEnvironmentSpec({ name: 'shop' }, specContext));
});

describe('the shell completes commands, options and what comes below them', () => {
  const isThere = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
  const asked = (words: readonly string[]) =>
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _gatehouse; echo "\${COMPREPLY[@]}"`;
  /** What the program says of the environments that there are; the last is none, and would speak up if a shell ran what it holds. */
  const list = String.raw`NAME   STATE\nshop   ready\nstore   failed\ns$(echo>&2\${IFS}run)   ready\n`;
  /** What a shell is told to do with the script that it has loaded. zsh leaves it to itself to drop what does not fit. */
  const shells = {
    bash: { flags: ['-c'], ask: asked, program: `gatehouse() { printf '${list}'; }` },
    zsh: {
      flags: ['-fc'],
      ask: (words: readonly string[]) => `emulate sh; ${asked(words)}`,
      program: `gatehouse() { printf '${list}'; }`,
    },
    fish: {
      flags: ['--no-config', '-c'],
      ask: (words: readonly string[]) => `complete -C "${words.join(' ')}"`,
      program: `function gatehouse; printf '${list}'; end`,
    },
  } as const;

  for (const [shell, { flags, ask, program }] of Object.entries(shells)) {
    (isThere(shell) ? test : test.skip)(`in ${shell}`, async () => {
      const { out } = await line.gatehouse('completion', shell);
      const completed = (...words: string[]) => {
        const { stdout, stderr } = spawnSync(shell, [...flags, `${out}\n${program}\n${ask(words)}`], {
          encoding: 'utf8',
        });
        expect(stderr).toBe('');
        return stdout
          .trim()
          .split(/\s+/)
          .filter((word) => word.startsWith(words.at(-1) ?? ''));
      };
      expect(completed('gatehouse', 'pr')).toEqual(['profile']);
      expect(completed('gatehouse', 'profile', 'us')).toEqual(['use']);
      expect(completed('gatehouse', 'plan', '--det')).toEqual(['--detailed-exitcode']);
      expect(completed('gatehouse', 'up', '--url', 'x', '--wa')).toEqual(['--watch']);
      expect(completed('gatehouse', 'completion', 'fi')).toEqual(['fish']);
      expect(completed('gatehouse', 'list', '-o', 'ya')).toEqual(['yaml']);
      expect(completed('gatehouse', 'svc', 'sto')).toEqual(['store']);
      expect(completed('gatehouse', 'status', 's').sort()).toEqual(['shop', 'store']);
      expect(completed('gatehouse', 'adopt', 'sho')).toEqual([]);
      // A file of this folder.
      expect(completed('gatehouse', 'plan', '-f', 'tsconfig.j')).toEqual(shell === 'fish' ? ['tsconfig.json'] : []);
    });
  }
});

test('who is let in is told by name, by the spec and by a grant', () => {
  const developers = [{ label: 'office', cidr: '203.0.113.0/24' }];
  const access = {
    state: 'waiting',
    grants: [{ label: 'alice', cidr: '198.51.100.23/32' }],
    ranges: ['a', 'b'],
  } as const;
  const answer = environmentAnswer({ access }, { access: { developers } });
  const drawn = drawEnvironment(answer, 0, { style: styler(false), command: 'gatehouse' });
  expect(drawn).toContain(
    'Access     2 ranges let into the API server; office 203.0.113.0/24 (by the spec); alice 198.51.100.23/32\n',
  );
});

test('a step under way shows how far it is against what it usually takes', () => {
  const io = { write: () => undefined, style: styler(false), isTerminal: true };
  const startedAt = new Date(0).toISOString();
  const step = { name: 'firewall', state: 'running', startedAt, title: 'Firewall', expectedSeconds: 320 } as const;
  expect(drawnStep(step, { io, now: () => 160_000 })).toMatch(/^▶ Firewall +160 s ━{10} ~320 s$/);
  expect(drawnStep(step, { io, now: () => 160_000, expected: () => 200 })).toContain('~200 s');
  const coloured = drawnStep(step, { io: { ...io, style: styler(true) }, now: () => 160_000 });
  expect(coloured).toContain('\u001b[36m━━━━━\u001b[39m');
});

test('without a terminal every start and end is a line, in the order of time', async () => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const done = (name: 'preflight' | 'firewall' | 'routes', from: number, to: number) =>
    ({ name, title: name, state: 'done', startedAt: at(from), finishedAt: at(to) }) as const;
  const cluster = { name: 'cluster', title: 'cluster', state: 'running', startedAt: at(140) } as const;
  const waiting = { name: 'routeTable', title: 'route table', state: 'pending', detail: 'for the cluster' } as const;
  const updates = Readable.from([
    environmentAnswer({ steps: [] }),
    environmentAnswer({ steps: [waiting, cluster, done('firewall', 102, 130), done('preflight', 100, 102)] }),
    environmentAnswer({ steps: [waiting, cluster, done('firewall', 102, 130), done('routes', 130, 151)] }),
  ]);
  let written = '';
  const io = { write: (text: string) => void (written += text), style: styler(false), isTerminal: false };
  await showProgress(updates, { io, now: () => 0 });
  expect(written.split('\n')).toEqual([
    '    2 s  done    preflight  2 s',
    '   30 s  done    firewall  28 s',
    '   40 s  starts  cluster',
    '         waits   route table: for the cluster',
    '   51 s  done    routes  21 s',
    '',
  ]);
});

test('without a terminal what waits or begins anew has the time of now', async () => {
  const startedAt = new Date(100_000).toISOString();
  const step = { name: 'cluster', title: 'cluster', startedAt } as const;
  const problem = { code: 'X', message: 'no capacity', remedy: 'Choose another size' };
  let now = 100_000;
  async function* updates() {
    yield environmentAnswer({ steps: [{ ...step, state: 'running' }] });
    now = await Promise.resolve(150_000);
    yield environmentAnswer({ steps: [{ ...step, state: 'pending', detail: 'no capacity. It is tried again.' }] });
    now = 190_000;
    yield environmentAnswer({ steps: [{ ...step, state: 'running' }] });
    yield environmentAnswer({
      steps: [{ ...step, state: 'failed', finishedAt: new Date(200_000).toISOString(), problem }],
    });
  }
  let written = '';
  const io = { write: (text: string) => void (written += text), style: styler(false), isTerminal: false };
  await showProgress(updates(), { io, now: () => now });
  expect(written.split('\n')).toEqual([
    '    0 s  starts  cluster',
    '   50 s  waits   cluster: no capacity. It is tried again.',
    '   90 s  starts  cluster',
    '  100 s  FAILED  cluster: no capacity. Choose another size.',
    '',
  ]);
});

test('the process ends with the code of its command, and NO_COLOR keeps colours out', () => {
  const started = (env: Record<string, string>, ...words: string[]) =>
    spawnSync(process.execPath, ['--no-warnings', 'cli/main.ts', ...words], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: line.directory, ...env },
    });
  const plain = started({ NO_COLOR: '1', FORCE_COLOR: '1' }, 'status', 'shop', '--url', 'nowhere');
  expect([plain.status, plain.stderr]).toEqual([1, expect.stringMatching(/^Error: "nowhere" is no address/)]);
  expect(started({ FORCE_COLOR: '1' }, 'status', 'shop', '--url', 'nowhere').stderr).toContain('\u001b[31mError:');
  const version = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(started({}, '--version').stdout).toBe(`${version.version}\n`);
});

test.each([
  ['gatehouse', {}],
  ['npm run gatehouse --', { npm_lifecycle_event: 'gatehouse', npm_command: 'run-script' }],
  ['npx gatehouse', { npm_lifecycle_event: 'npx', npm_command: 'exec' }],
])('called as %s it says so in what it tells to do next', async (command, env) => {
  Object.assign(line.env, env);
  const { err } = await line.gatehouse('list', '--profile', 'prod');
  expect(err).toContain(`Set it with: ${command} profile set prod`);
});

test('every command is documented, and nothing that is documented is missing', async () => {
  const { out } = await line.gatehouse('completion', 'fish');
  const known = new Set([...out.matchAll(/__fish_use_subcommand' -f -a (\S+)/g)].map(([, name]) => name ?? ''));
  const page = readFileSync('docs/cli.md', 'utf8');
  expect(new Set([...page.matchAll(/^\| `gatehouse (\w+)/gm)].map(([, name]) => name ?? ''))).toEqual(known);
});
