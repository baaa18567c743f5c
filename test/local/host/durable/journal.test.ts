import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../../../local/host/durable/history.ts';
import { EventType, fromOutside } from '../../../../local/host/durable/history.ts';
import type { JournalRecord } from '../../../../local/host/durable/instanceState.ts';
import { journalStore } from '../../../../local/host/durable/journal.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-journal-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const time = '2026-01-01T00:00:00.000Z';
const event = (Name: string): Message => ({
  ...fromOutside(time),
  EventType: EventType.eventRaised,
  Name,
  Input: 'null',
});
const start = (instanceId: string, input: unknown = null): Extract<JournalRecord, { kind: 'start' }> => ({
  kind: 'start',
  head: { instanceId, executionId: 'e', name: 'test', version: null, input, createdTime: time },
  status: 'Pending',
  customStatus: null,
  inbox: [event('first')],
  firstBatch: 1,
});
const message = (name: string): JournalRecord => ({ kind: 'message', message: event(name) });
const turn = (taken: number, output: unknown = null): JournalRecord => ({
  kind: 'turn',
  taken,
  added: [event('in history')],
  status: 'Running',
  customStatus: 'status',
  output,
  updatedTime: time,
});

/** What another process finds in the directory. */
const loaded = () =>
  [...journalStore(directory).load()].sort((a, b) => (a.head.instanceId < b.head.instanceId ? -1 : 1));
const onlyFile = () => join(directory, readdirSync(directory)[0] ?? '');

describe('a journal', () => {
  it('adds up to the state of the instance', () => {
    const store = journalStore(directory);
    store.begin(start('a', { n: 1 }));
    store.append('a', message('second'));
    store.append('a', turn(1, 'out'));
    store.append('a', message('third'));
    store.close();
    const [state] = loaded();
    expect(state).toMatchObject({
      head: { instanceId: 'a', input: { n: 1 } },
      status: 'Running',
      customStatus: 'status',
      output: 'out',
      firstBatch: 0,
      history: [{ Name: 'in history' }],
    });
    expect(state?.inbox).toMatchObject([{ Name: 'second' }, { Name: 'third' }]);
  });

  it('loses a torn last line, and nothing else', () => {
    const store = journalStore(directory);
    store.begin(start('a'));
    store.append('a', message('whole'));
    store.close();
    const whole = readFileSync(onlyFile(), 'utf8');
    appendFileSync(onlyFile(), '{"kind":"message","mess\u00e4');
    expect(loaded()[0]?.inbox).toMatchObject([{ Name: 'first' }, { Name: 'whole' }]);
    expect(readFileSync(onlyFile(), 'utf8')).toBe(whole);
  });

  it('starts anew with each generation, so that it stays short', () => {
    const store = journalStore(directory);
    store.begin(start('a', 1));
    for (let round = 0; round < 100; round++) store.append('a', message('x'));
    store.begin(start('a', 2));
    store.append('a', message('after'));
    store.close();
    expect(readFileSync(onlyFile(), 'utf8').trim().split('\n')).toHaveLength(2);
    expect(loaded()[0]?.head.input).toBe(2);
  });

  it('takes ids of every kind, and tells those apart that differ in case', () => {
    const ids = ['A', 'a', 'a:0', 'b/../c', 'ü'.repeat(100), '%41'].sort();
    const store = journalStore(directory);
    for (const id of ids) store.begin(start(id, id));
    store.close();
    expect(loaded().map((state) => [state.head.instanceId, state.head.input])).toEqual(ids.map((id) => [id, id]));
    expect(new Set(readdirSync(directory).map((name) => name.toLowerCase())).size).toBe(ids.length);
  });

  it('serves more instances than may be open at once', () => {
    const store = journalStore(directory);
    const ids = Array.from({ length: 450 }, (_, index) => `i${index}`);
    for (const id of ids) store.begin(start(id));
    for (const id of ids) store.append(id, message('x'));
    store.close();
    expect(loaded().every((state) => state.inbox.length === 2)).toBe(true);
  });

  it('is gone when its instance is purged', () => {
    const store = journalStore(directory);
    store.begin(start('a'));
    store.remove('a');
    expect(store.read('a')).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });
});
