import { attentionOf, editsIn } from '../../web/model/attention.ts';
import { ago, counted, duration, lastSegment, plainValue, secondsUntil } from '../../web/model/format.ts';
import { listWindow } from '../../web/model/listWindow.ts';
import { hashOf, placeOf, type Place } from '../../web/model/place.ts';
import { gravest, stateTone, stateWord } from '../../web/model/tone.ts';
import { driftAnswer, environmentAnswer, servicesAnswer } from '../support/pageAnswers.ts';

test.each([
  [-5, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [125, '2 min 5 s'],
  [3600, '1 h'],
  [11_520, '3 h 12 min'],
  [90_000, '1 d 1 h'],
])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test('times are told from the app’s now', () => {
  const now = Date.parse('2026-01-01T12:00:00.000Z');
  const told = ['2026-01-01T11:59:55Z', '2026-01-01T11:59:15Z', '2026-01-01T11:57:10Z', '2026-01-01T09:30:30Z'].map(
    (time) => ago(time, now),
  );
  expect(told).toEqual(['just now', '45 s ago', '2 min ago', '2 h 29 min ago']);
  expect(secondsUntil('2026-01-01T12:01:00Z', now)).toBe(60);
});

test('counts, names and values are told for people', () => {
  expect([counted(1, 'rule'), counted(1200, 'rule')]).toEqual(['1 rule', '1,200 rules']);
  expect(lastSegment('/subscriptions/s/azureFirewalls/shop-fw')).toBe('shop-fw');
  expect([plainValue('x'), plainValue({ a: 1 }), plainValue(undefined)]).toEqual(['x', '{"a":1}', '']);
  expect([stateWord('provisioning'), stateWord('ready'), stateTone('unreadable')]).toEqual([
    'Being built',
    'Ready',
    'bad',
  ]);
  expect([gravest([]), gravest(['ok', 'warn', 'busy'])]).toEqual(['off', 'warn']);
});

describe('the address', () => {
  const places: readonly Place[] = [
    { kind: 'environments' },
    { kind: 'environment', name: 'shop', view: 'map' },
    { kind: 'environment', name: 'shop', view: 'services', query: 'a/b ?&#' },
    { kind: 'environment', name: 'shop', view: 'map', service: { cluster: 'c', namespace: 'n', service: 's' } },
  ];
  test.each(places)('of %j leads there', (place) => expect(placeOf(hashOf(place))).toEqual(place));

  test.each([
    ['', { kind: 'environments' }],
    ['#/shop', { kind: 'environment', name: 'shop', view: 'map' }],
    ['#/shop/nonsense', { kind: 'environment', name: 'shop', view: 'map' }],
    ['#/%E0%A4%A/map', { kind: 'environment', name: '%E0%A4%A', view: 'map' }],
  ])('%s that nobody wrote leads somewhere', (hash, place) => expect(placeOf(hash)).toEqual(place));
});

test('of a long list the rows in sight are drawn, and some around them', () => {
  expect(listWindow(500, 50, 0, 600)).toEqual({ first: 0, end: 20, offset: 0, height: 25_000 });
  expect(listWindow(500, 50, 10_000, 600)).toMatchObject({ first: 192, end: 220, offset: 9600 });
  // Scrolled past the end of a list that has become short.
  expect(listWindow(3, 50, 10_000, 600)).toMatchObject({ first: 3, end: 3 });
});

describe('what should be seen to', () => {
  const report = { created: 0, updated: 0, deleted: 0, unchanged: 0, kept: 6, skipped: 0, conflicts: 0 };
  const rest = { problems: [], drift: [], causes: [], writes: [], wrote: false, probes: [] };
  const held = { hash: '0f', rules: 6, reason: 'more than 5' };
  const status = environmentAnswer({
    sync: { running: false, lastResult: 'done', report: { ...report, ...rest, held } },
  });

  test('are deletions that wait, with exactly the rules that an approval would delete', () => {
    const live = servicesAnswer({ held: { hash: '0f', rules: ['a', 'b'], reason: 'more than 5' } });
    expect(attentionOf(status, live)).toMatchObject([
      { key: 'held', title: '6 deletions wait for approval', act: { kind: 'approve', plan: '0f', rules: ['a', 'b'] } },
    ]);
    const other = servicesAnswer({ held: { hash: 'ff', rules: ['c'], reason: '' } });
    expect(attentionOf(status, other)).toMatchObject([{ act: { plan: '0f', rules: [] } }]);
  });

  test('is a step that failed, with its remedy and a way to go on', () => {
    const problem = { code: 'X', message: 'It failed.', remedy: 'Do this.' };
    const failed = environmentAnswer({
      state: 'failed',
      steps: [{ name: 'firewall', title: 'Firewall', state: 'failed', problem }],
    });
    expect(attentionOf(failed)).toMatchObject([
      { title: 'Firewall failed', remedy: 'Do this.', act: { kind: 'retry' } },
    ]);
  });

  test('are edits by hand with who made them, and not what follows from services', () => {
    const edit = { check: 'routes', resource: '/t', what: 'r', severity: 'warning' } as const;
    const drift = driftAnswer(
      {
        ...edit,
        cause: {
          caller: 'bob@example.com',
          time: '2026-01-01T00:00:00Z',
          operation: 'Microsoft.Network/routeTables/write',
        },
      },
      { ...edit, what: 's', reason: 'services' },
      { ...edit, what: 'i', severity: 'info' },
    );
    expect(editsIn(drift).map(({ what }) => what)).toEqual(['r']);
    expect(attentionOf(environmentAnswer(), undefined, drift)).toMatchObject([
      { key: 'drift', title: '1 difference from what is wanted', detail: 'r. Last changed by bob@example.com.' },
    ]);
    expect(attentionOf(environmentAnswer(), undefined, driftAnswer())).toEqual([]);
  });
});
