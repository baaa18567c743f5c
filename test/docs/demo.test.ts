import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

// Its time is a scaled one, which no test can let jump: here it goes faster than the pages let it go.
const SCALE = '200';
const DEMO_MS = 180_000;

const run = promisify(execFile);

/** What the page shows of the demo: its steps, and what becomes of a service. */
const [steps = [], events = []] = [...readFileSync('docs/start.md', 'utf8').matchAll(/```text\n([^]*?)```/g)].map(
  ([, block = '']) => block.split('\n'),
);

test(
  'the demo shows what the pages say of it',
  async () => {
    if (!existsSync('dist/local/demo.js')) throw new Error('dist/ is missing: run `npm run build` first.');
    const { stdout } = await run(process.execPath, ['dist/local/demo.js', '--time-scale', SCALE, '--json'], {
      env: { ...process.env, NODE_OPTIONS: '', JEST_WORKER_ID: '' },
    });
    const titles = steps.flatMap((line) => /^[✔▶·] (.+?) {2,}/.exec(`${line}   `)?.[1] ?? []);
    expect(titles.length).toBeGreaterThan(10);
    expect(titles.filter((title) => !stdout.includes(` done    ${title} `))).toEqual([]);
    const happened = (lines: readonly string[]) =>
      lines.flatMap((line) => /^ +\d+ s {2}(\S+ \S+(?: \S+)?) {2,}/.exec(line)?.[1] ?? []);
    expect(happened(events)).toContain('rule is back');
    expect(happened(stdout.split('\n').slice(-12))).toEqual(happened(events));
    expect(stdout).toMatch(/✔ 1 publication, \d+ syncs, 1 repaired\./);
    // The README tells of both.
    expect(stdout).toMatch(/one after the other +3[45] min \d+ s +8 firewall writes/);
    expect(stdout).toMatch(/this creation +[\d a-z]+ +1 firewall write /);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ state: 'ready', firewallWrites: 1 });
  },
  DEMO_MS,
);
