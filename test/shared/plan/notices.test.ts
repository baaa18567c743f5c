import { noticeBody, noticeFormats } from '../../../shared/notify/formats.ts';
import { noticesOf, type NoticedEnvironment } from '../../../shared/plan/notices.ts';
import type { SyncReport } from '../../../shared/model/syncReport.ts';

const time = '2026-05-01T10:00:00.000Z';
const quiet: NoticedEnvironment = { name: 'shop', shown: 'ready', since: time, steps: [], driftSince: {} };
const report = (changes: Partial<SyncReport>): SyncReport => ({
  ...{ created: 0, updated: 0, deleted: 0, unchanged: 0, kept: 0, skipped: 0, conflicts: 0 },
  ...{ problems: [], drift: [], causes: [], writes: [], wrote: false, probes: [], fingerprints: [] },
  ...changes,
});
const ids = (environment: NoticedEnvironment) => noticesOf(environment).map(({ id }) => id);

test('there is nothing to tell of an environment where nothing has happened', () => {
  expect(noticesOf(quiet)).toEqual([]);
  expect(noticesOf({ ...quiet, lastSync: { time, report: report({}) } })).toEqual([]);
});

test('a failed environment is told with the problem of its step', () => {
  const problem = { code: 'QuotaExceeded', message: 'No cores are left.', remedy: 'Ask for more.' };
  const [notice] = noticesOf({ ...quiet, shown: 'failed', steps: [{ name: 'cluster', problem }] });
  expect(notice).toMatchObject({ kind: 'environment-failed', severity: 'error', title: 'shop has failed' });
  expect(notice?.text).toBe('No cores are left. Ask for more. Then go on with: gatehouse retry shop');
});

test('the same is the same notice, and another one is another', () => {
  const held = { hash: 'a1', rules: 6, reason: 'More than 5.' };
  const at = (when: string, changes: Partial<SyncReport>) =>
    ids({ ...quiet, lastSync: { time: when, report: report(changes) } });
  expect(at(time, { held })).toEqual(at('2026-05-01T10:15:00.000Z', { held }));
  expect(at(time, { held })).not.toEqual(at(time, { held: { ...held, hash: 'b2' } }));
  expect(at(time, { held })).not.toEqual(ids({ ...quiet, name: 'team', lastSync: { time, report: report({ held }) } }));
});

test('a difference that stands is told once, one that comes back again', () => {
  const drift = ['threatIntelligence: properties.threatIntelMode'];
  const standing = (when: string) =>
    ids({ ...quiet, driftSince: { [drift[0]!]: time }, lastSync: { time: when, report: report({ drift }) } });
  expect(standing(time)).toEqual(standing('2026-05-01T10:15:00.000Z'));
  const repaired = (when: string) => ids({ ...quiet, lastSync: { time: when, report: report({ drift }) } });
  expect(repaired(time)).not.toEqual(repaired('2026-05-01T10:15:00.000Z'));
});

test('a repair that another sync has followed is still told, and once', () => {
  const written = { time, report: report({ drift: ['dnatRules: web'], wrote: true }) };
  expect(ids({ ...quiet, lastSync: written, lastChange: written })).toHaveLength(1);
  const followed = {
    ...quiet,
    lastSync: { time: '2026-05-01T10:01:00.000Z', report: report({}) },
    lastChange: written,
  };
  expect(ids(followed)).toEqual(ids({ ...quiet, lastSync: written }));
});

test('a failing sync is told once a day for each reason', () => {
  const failing = (when: string, code: string) =>
    ids({ ...quiet, lastSync: { time: when, problem: { code, message: 'No.', remedy: 'Yes.' } } });
  expect(failing(time, 'A')).toEqual(failing('2026-05-01T23:45:00.000Z', 'A'));
  expect(failing(time, 'A')).not.toEqual(failing('2026-05-02T00:00:00.000Z', 'A'));
  expect(failing(time, 'A')).not.toEqual(failing(time, 'B'));
});

describe('what is sent', () => {
  const [notice] = noticesOf({ ...quiet, readyAt: time });

  test.each(noticeFormats)('as %s holds title, text, environment and time', (format) => {
    const text = JSON.stringify(noticeBody(format, notice!));
    for (const part of [notice!.title, notice!.text, 'shop', time]) expect(text).toContain(part);
  });

  test('is a card for Teams, blocks for Slack and an event for everything else', () => {
    expect(noticeBody('teams', notice!)).toMatchObject({
      contentType: 'application/json',
      body: { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }] },
    });
    expect(noticeBody('slack', notice!).body).toMatchObject({
      text: 'shop is ready',
      blocks: [{ type: 'header' }, {}, {}],
    });
    expect(noticeBody('cloudevents', notice!).body).toMatchObject({
      specversion: '1.0',
      type: 'dev.gatehouse.creation-finished',
    });
  });
});
