import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HISTORIES_DIRECTORY, HISTORY_EXTENSION, readHistories } from './histories.ts';
import { beginningOf, formatHistory } from './recordedHistory.ts';
import { loadReplayedApp, replay, type ReplayedApp } from './replayGate.ts';

const histories = readHistories();
const notes: string[] = [];

let app: ReplayedApp;
beforeAll(async () => {
  app = await loadReplayedApp('functions/index.ts');
});
afterAll(() => {
  if (notes.length > 0) console.info(`Other than recorded, as a later version may:\n${notes.join('\n')}`);
});

describe('what a released version has begun goes on with this code:', () => {
  test.each([...histories])('%s', async (title, history) => {
    const report = await replay(app, title, history);
    if (report.failure !== undefined) throw new Error(report.failure);
    notes.push(...report.notes);
  });
});

describe('the recorded histories', () => {
  test('are there for this version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect([...histories.keys()].some((title) => title.startsWith(`${version}/`))).toBe(true);
  });

  test('hold every orchestrator, and every way to end', () => {
    const values = [...histories.values()];
    expect(new Set(values.map((history) => beginningOf(history).name))).toEqual(
      new Set(['firewallLane', 'accessLane', 'provision', 'sync', 'teardown', 'accessPass']),
    );
    expect(new Set(values.map(({ ending }) => ending.kind))).toEqual(
      new Set(['Completed', 'ContinuedAsNew', 'Failed', 'Running']),
    );
  });

  test.each([...histories])('%s is read as it was written', (title, history) => {
    expect(formatHistory(history)).toBe(readFileSync(join(HISTORIES_DIRECTORY, title + HISTORY_EXTENSION), 'utf8'));
  });

  test.each([...histories])('%s holds nothing secret and nothing of a machine', (_title, history) => {
    const text = formatHistory(history);
    expect(text).not.toMatch(/[?&](?:t|c|s|h|sig|code)=(?!masked)/);
    expect(text).not.toMatch(/Bearer|eyJ[\w-]{10,}|BEGIN (?:CERTIFICATE|.*PRIVATE KEY)|client-key-data/);
    expect(text).not.toMatch(/127\.0\.0\.1:\d|file:\/\/|node_modules|\.ts:\d+/);
  });
});
