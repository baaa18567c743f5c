import { creationSeconds, passOf, stepTime, ticks, timeline } from '../../web/model/timeline.ts';
import type { ShownStep } from '../../shared/answers.ts';
import { environmentAnswer } from '../support/pageAnswers.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const step = (name: ShownStep['name'], over: Partial<ShownStep>): ShownStep => ({
  name,
  state: 'pending',
  expectedSeconds: 10,
  ...over,
});
const after = (name: ShownStep['name'], until: 'done' | 'accepted' = 'done') => [{ step: name, until }];

const steps = [
  step('firewall', { state: 'done', startedAt: at(0), finishedAt: at(300) }),
  step('cluster', { state: 'running', startedAt: at(300), expectedSeconds: 200, after: after('firewall') }),
  step('clusterRoles', { after: after('cluster', 'accepted') }),
  step('accessLanes', { after: after('cluster'), expectedSeconds: 5 }),
];

test('steps lie where they ran, and are expected where they are to run', () => {
  const { rows, span, remaining, links } = timeline(steps, START + 400_000);
  expect(rows.map(({ start, end, isExpected }) => [start, end, isExpected])).toEqual([
    [0, 300, false],
    [300, 400, false],
    [400, 410, true],
    [500, 505, true],
  ]);
  expect([span, remaining]).toEqual([505, 105]);
  expect(links).toEqual([
    { from: 0, to: 1, at: 300 },
    { from: 1, to: 2, at: 300 },
    { from: 1, to: 3, at: 400 },
  ]);
});

test('a step that takes longer than expected is not over before it is', () => {
  const { rows, remaining } = timeline(steps, START + 700_000);
  expect(rows[1]).toMatchObject({ elapsed: 400, expectedEnd: 700 });
  expect(remaining).toBe(10);
});

test('what is done tells how long it took, and what has stopped promises nothing', () => {
  const done = timeline([steps[0]!], START + 9_000_000);
  expect([done.span, done.remaining]).toEqual([300, undefined]);
  const failed = timeline(
    [
      step('firewall', { state: 'failed', startedAt: at(0), finishedAt: at(9) }),
      step('cluster', { after: after('firewall') }),
    ],
    START + 60_000,
  );
  expect(failed.remaining).toBeUndefined();
});

test('a clock that lags behind makes nothing negative, and no steps make no line', () => {
  expect(timeline(steps, START - 60_000).rows.every(({ start, end }) => start >= 0 && end >= start)).toBe(true);
  expect(timeline([], START)).toEqual({ rows: [], links: [], span: 1 });
});

test.each([
  [4, [0]],
  [60, [0, 30, 60]],
  [700, [0, 300, 600]],
  [10_000, [0, 3600, 7200]],
])('an axis of %d s has its marks at round times', (span, marks) => {
  expect(ticks(span, 3)).toEqual(marks);
});

test('a step says how long it has taken, and what is usual until it is done', () => {
  const times = (over: Partial<ShownStep>, now = 0) =>
    timeline([step('cluster', over)], START + now).rows.map(stepTime);
  expect(times({})).toEqual(['about 10 s']);
  expect(times({ state: 'running', startedAt: at(0) }, 75_000)).toEqual(['1 min 15 s of about 10 s']);
  expect(times({ state: 'done', startedAt: at(0), finishedAt: at(9) })).toEqual(['9 s']);
  expect(times({ state: 'failed', startedAt: at(0), finishedAt: at(9) })).toEqual(['9 s']);
});

describe('the steps are those of', () => {
  const done = (from: number) => [step('cluster', { state: 'done', startedAt: at(from), finishedAt: at(from + 13) })];
  const first = { createdAt: at(0), readyAt: at(884), steps: done(100) };
  test.each([
    ['Creation', { ...first, readyAt: undefined, state: 'provisioning' }],
    ['Creation', first],
    ['Creation', { ...first, specChangedAt: at(8000) }],
    ['Change', { ...first, specChangedAt: at(8000), steps: done(8001) }],
    ['Change', { ...first, specChangedAt: at(8000), steps: [step('cluster', {})], state: 'provisioning' }],
    ['Repair', { ...first, steps: done(8001) }],
    ['Deletion', { ...first, steps: done(8001), state: 'deleting' }],
    ['Release', { ...first, steps: done(8001), state: 'released' }],
  ] as const)('a %s', (pass, over) => {
    const { readyAt, ...rest } = over;
    const environment = environmentAnswer({ ...rest, ...(readyAt === undefined ? {} : { readyAt }) });
    expect(passOf(environment)).toBe(pass);
    expect(creationSeconds(environment)).toBe(pass === 'Change' || pass === 'Repair' ? 884 : undefined);
  });
});
