import { loadApp, type FunctionApp } from '../../local/host/app.ts';
import { EventType } from '../../local/host/durable/history.ts';
import { readHistories } from './histories.ts';
import { beginningOf, turnsOf, type RecordedHistory } from './recordedHistory.ts';
import { loadReplayedApp, replay, type ReplayedApp, type ReplayReport } from './replayGate.ts';

const histories = [...readHistories()];

let real: ReplayedApp;
let altered: FunctionApp;
beforeAll(async () => {
  real = await loadReplayedApp('functions/index.ts');
  altered = await loadApp(import.meta.dirname, 'alteredApp.ts', () => undefined);
});

/** A recorded history of an orchestrator that is good for showing a change. */
function historyOf(name: string, fits: (history: RecordedHistory) => boolean = () => true): RecordedHistory {
  const found = histories.find(([, history]) => beginningOf(history).name === name && fits(history));
  if (found === undefined) throw new Error(`No recorded history of ${name} fits.`);
  return found[1];
}

/** Replays on the app with one of its orchestrators altered. */
function replayAltered(alteration: string, history: RecordedHistory): Promise<ReplayReport> {
  const { name } = beginningOf(history);
  const functions = new Map(real.app.functions);
  const orchestrator = altered.functions.get(alteration);
  if (orchestrator === undefined) throw new Error(`There is no alteration ${alteration}.`);
  functions.set(name, { ...orchestrator, name });
  return replay({ ...real, app: { ...real.app, functions } }, '0.0.0/example', history);
}

const startsSideBySide = (history: RecordedHistory) =>
  turnsOf(history).some(
    ({ scheduled }) => scheduled.filter((work) => work.EventType === EventType.taskScheduled).length > 1,
  );
const heardSignal = (history: RecordedHistory) => {
  const [first, second] = turnsOf(history);
  return first?.scheduled.length === 0 && second?.scheduled[0]?.EventType === EventType.timerCreated;
};
const startsPass = ({ events }: RecordedHistory) =>
  events.some(({ EventType: type }) => type === EventType.subOrchestrationCreated);
const goesOn = ({ ending }: RecordedHistory) => ending.kind === 'ContinuedAsNew';

test.each([
  [
    'an activity has another name',
    'renamedActivity',
    () => historyOf('sync'),
    /recorded: #0 activity startStep \(sync observe\)\n {2}now: {6}#0 activity planRanges \(sync observe\)/,
  ],
  [
    'an activity is called that does not exist',
    'unknownActivity',
    () => historyOf('sync'),
    /since: {4}.*The function 'beginStep' doesn't exist/,
  ],
  [
    'something more is yielded',
    'oneMoreYield',
    () => historyOf('sync'),
    /turn 1 of \d+ .*\n {2}recorded: #0 activity startStep \(sync observe\)\n {2}now: {6}#0 activity startStep\n/,
  ],
  ['something is no longer yielded', 'yieldRemoved', () => historyOf('firewallLane', heardSignal), /turn 2 of \d+/],
  [
    'two tasks side by side change places',
    'parallelTasksSwapped',
    () => historyOf('provision', startsSideBySide),
    /recorded: #\d+ activity startStep \(provision (\w+)\)\n {2}now: {6}#\d+ activity startStep \(provision (?!\1)\w+\)/,
  ],
  [
    "a timer goes by the machine's clock",
    'timerByTheClock',
    () => historyOf('firewallLane', heardSignal),
    /recorded: #0 timer due 2026-01-01T[\d:.]+Z\n {2}now: {6}#0 timer due /,
  ],
  [
    'a pass is called in an older version',
    'olderVersion',
    () => historyOf('firewallLane', startsPass),
    /recorded: .*, version 1\.0, .*\n {2}now: {6}.*, version 0\.9, /,
  ],
  [
    'a generation ends without another one',
    'endsInsteadOfContinuing',
    () => historyOf('accessLane', goesOn),
    /recorded: it ends: ContinuedAsNew\n {2}now: {6}it ends: Completed/,
  ],
])('when %s, the replay fails and says what to do', async (_change, alteration, history, message) => {
  const { failure } = await replayAltered(alteration, history());
  expect(failure).toMatch(message);
  expect(failure).toMatch(/^0\.0\.0\/example, turn \d+ of \d+ \(.*\): \w+ no longer does what it did\./);
  expect(failure).toContain('give the sub-orchestration a new version');
});

test('a newer version of a pass is how changes are made, and is only told', async () => {
  const report = await replayAltered('newerVersion', historyOf('firewallLane', startsPass));
  expect(report.failure).toBeUndefined();
  expect(report.notes[0]).toMatch(
    /turn \d+ of \d+ .*: starts a newer version: #0 sub-orchestration \w+ .*version 1\.1/,
  );
});

test('another input is only told', async () => {
  const report = await replayAltered('moreInput', historyOf('sync'));
  expect(report.failure).toBeUndefined();
  expect(report.notes[0]).toMatch(/: input of startStep sync observe: since \(absent -> "0\.2\.0"\)$/);
});
