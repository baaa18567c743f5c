// `npm run record:histories`: plays lives of an environment in virtual time and stores the histories of its orchestrations
// below histories/<version of package.json>, for replay.test.ts. Once for each release; what it writes is the same each time.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestCloud } from '../support/localCloud.ts';
import { HISTORIES_DIRECTORY, HISTORY_EXTENSION } from './histories.ts';
import { historyRecorder } from './historyRecorder.ts';
import { masked } from './masking.ts';
import { beginningOf, formatHistory, type RecordedHistory } from './recordedHistory.ts';
import { loadReplayedApp, replay } from './replayGate.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { representative } from './selection.ts';
import { tellTimeBy } from './virtualDate.ts';

const MOST_KILOBYTES = 500;

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const directory = join(HISTORIES_DIRECTORY, version);

const recorded: { readonly scenario: string; readonly history: RecordedHistory }[] = [];
for (const [scenario, live] of Object.entries(scenarios)) {
  const histories = await record(live);
  console.log(`${scenario}: ${histories.length} histories`);
  for (const history of histories) recorded.push({ scenario, history });
}

await check(recorded.map(({ history }) => history));
const kept = new Set(representative(recorded.map(({ history }) => history)));
const files = named(recorded.filter(({ history }) => kept.has(history)));
const kilobytes = [...files.values()].reduce((sum, history) => sum + formatHistory(history).length, 0) / 1024;
if (kilobytes > MOST_KILOBYTES) throw new Error(`${Math.ceil(kilobytes)} KB are too many to keep for each release.`);
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const [name, history] of files) writeFileSync(join(directory, name + HISTORY_EXTENSION), formatHistory(history));
console.log(`${files.size} of them cover all; they are in test/replay/histories/${version}.`);
// The app keeps connections open.
process.exit();

async function record(live: Scenario): Promise<RecordedHistory[]> {
  const recorder = historyRecorder();
  const cloud = await startTestCloud({ seed: 'none', taskHubStore: recorder.store });
  const tellRealTime = tellTimeBy(cloud.clock);
  try {
    await live(cloud);
    return recorder.histories().map(masked);
  } finally {
    await cloud.close();
    tellRealTime();
  }
}

/** Numbered within their scenario in the order of their ends. */
function named(histories: typeof recorded): ReadonlyMap<string, RecordedHistory> {
  const counts = new Map<string, number>();
  return new Map(
    histories.map(({ scenario, history }) => {
      const number = (counts.get(scenario) ?? 0) + 1;
      counts.set(scenario, number);
      return [`${scenario}-${String(number).padStart(2, '0')}-${beginningOf(history).name}`, history];
    }),
  );
}

/** A recording that does not even replay on the code it was made with is none. */
async function check(histories: readonly RecordedHistory[]): Promise<void> {
  const app = await loadReplayedApp('functions/index.ts');
  for (const history of histories) {
    const { failure, notes } = await replay(app, `a new ${beginningOf(history).name}`, history);
    if (failure !== undefined || notes.length > 0) throw new Error(failure ?? notes.join('\n'));
  }
}
