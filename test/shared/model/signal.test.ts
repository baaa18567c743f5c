import { parseSignal } from '../../../shared/model/signal.ts';

const time = '2026-01-01T00:00:00.000Z';

test.each([
  { kind: 'retry', id: 'r1', time },
  { kind: 'delete', id: 'd1', time, force: true },
])('a signal is read: %j', (signal) => {
  expect(parseSignal(signal)).toEqual({ ok: true, signal });
});

test.each([
  ['nothing', undefined, ''],
  ['a text', 'retry', ''],
  ['another kind', { kind: 'explode', id: 'x', time }, 'kind'],
  ['no id', { kind: 'retry', id: '', time }, 'id'],
  ['a time without zone', { kind: 'retry', id: 'x', time: '2026-01-01 00:00' }, 'time'],
  ['a deletion that leaves force open', { kind: 'delete', id: 'x', time }, 'force'],
  ['a field too many', { kind: 'retry', id: 'x', time, force: true }, ''],
])('%s is refused', (_what, input, path) => {
  expect(parseSignal(input)).toMatchObject({
    ok: false,
    problems: [{ path, remedy: expect.stringContaining('delete') }],
  });
});
