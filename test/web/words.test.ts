import { attentionOf, editsIn, signsOf } from '../../web/model/attention.ts';
import { ago, counted, duration, lasting, lastSegment, secondsUntil, valueLines } from '../../web/model/format.ts';
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
  const lasted = ['2026-01-01T12:00:09Z', '2026-01-01T11:59:15Z', '2026-01-01T11:57:10Z', '2026-01-01T09:30:30Z'].map(
    (time) => lasting(time, now),
  );
  expect(lasted).toEqual(['for 0 s', 'for 45 s', 'for 2 min', 'for 2 h 29 min']);
  expect(secondsUntil('2026-01-01T12:01:00Z', now)).toBe(60);
});

test('counts, names and values are told for people', () => {
  expect([counted(1, 'rule'), counted(1200, 'rule')]).toEqual(['1 rule', '1,200 rules']);
  expect(lastSegment('/subscriptions/s/azureFirewalls/shop-fw')).toBe('shop-fw');
  expect([valueLines('x'), valueLines(['a', 1]), valueLines([{ a: 1 }])]).toEqual([['x'], ['a, 1'], ['[{"a":1}]']]);
  expect(valueLines({ frontend: '20.0.0.1', sources: ['*'], port: 80, more: { a: null } })).toEqual([
    'frontend: 20.0.0.1',
    'sources: *',
    'port: 80',
    'more: {"a":null}',
  ]);
  const readyAt = '2026-01-01T00:00:00Z';
  expect([
    stateWord({ state: 'provisioning' }),
    stateWord({ state: 'provisioning', readyAt }),
    stateWord({ state: 'ready', readyAt }),
    stateTone('unreadable'),
  ]).toEqual(['Being built', 'Being changed', 'Ready', 'bad']);
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
  expect(listWindow(3, 50, 10_000, 600)).toMatchObject({ first: 0, end: 3, offset: 0 });
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

  test('is nothing any more of deletions that are approved: they are told as being done', () => {
    const live = servicesAnswer({ held: { hash: '0f', rules: ['a', 'b'], reason: 'more than 5' } });
    const [told, ...more] = attentionOf({ ...status, approved: '0f' }, live);
    expect(more).toEqual([]);
    expect(told).toMatchObject({ key: 'held', tone: 'busy', title: '6 rules are being deleted' });
    expect(told).not.toHaveProperty('act');
    expect(told?.detail).toBe('Somebody has approved it. The next sync does it.');
    const running = environmentAnswer({ ...status, approved: '0f', sync: { ...status.sync, running: true } });
    expect(attentionOf(running)).toMatchObject([
      { detail: 'Somebody has approved it. The firewall is being written.' },
    ]);
    expect(attentionOf({ ...status, approved: 'ff' }, live)).toMatchObject([{ act: { kind: 'approve' } }]);
  });

  test('stands beside the state: what differs, and what can’t be read', () => {
    const drift = driftAnswer({ check: 'routes', resource: '/t', what: 'r', severity: 'warning' });
    const unread = servicesAnswer({ problems: [{ code: 'list-failed', message: 'down' }] });
    const other = servicesAnswer({ problems: [{ code: 'list-empty', message: 'x' }] });
    expect(signsOf(environmentAnswer(), unread, drift)).toEqual([
      { tone: 'bad', text: '1 difference' },
      { tone: 'warn', text: 'Services can’t be read' },
    ]);
    expect(signsOf(environmentAnswer(), other, driftAnswer())).toEqual([]);
    expect(signsOf(environmentAnswer({ state: 'deleting' }), unread, drift)).toEqual([]);
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
