import { parseSignal } from '../../../shared/model/signal.ts';

const time = '2026-01-01T00:00:00.000Z';

test.each([
  { kind: 'retry', id: 'r1', time },
  { kind: 'delete', id: 'd1', time, force: true },
  { kind: 'sync', id: 's1', time, reason: 'services' },
  { kind: 'approve', id: 'a1', time, plan: '3c8f6f0e-52d7-5a0b-8e0c-0d6b3a1b7e42' },
  { kind: 'grant', id: 'g1', time, label: 'ana', cidr: '20.1.2.3/32', expires: time },
  { kind: 'grant', id: 'g2', time, label: 'ana', cidr: '20.1.2.3/32' },
  { kind: 'revoke', id: 'v1', time, label: 'ana' },
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
  ['a sync for no known reason', { kind: 'sync', id: 'x', time, reason: 'whim' }, 'reason'],
  ['a grant without range', { kind: 'grant', id: 'x', time, label: 'ana' }, 'cidr'],
  ['a field too many', { kind: 'retry', id: 'x', time, force: true }, ''],
])('%s is refused', (_what, input, path) => {
  expect(parseSignal(input)).toMatchObject({
    ok: false,
    problems: [{ path, remedy: expect.stringContaining('known kind') }],
  });
});
