import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { InstanceState, JournalRecord } from './instanceState.ts';
import { apply } from './instanceState.ts';
import type { TaskHubStore } from './store.ts';

const MAX_OPEN_FILES = 200;
const EXTENSION = '.jsonl';

/**
 * A task hub on disk: one append-only file per instance, one line per record. A line is written in one piece, so after a
 * SIGKILL a file ends either with a whole record or with a torn one, which is cut off.
 *
 * @param directory is created when it is missing; nobody else may write to it.
 */
export function journalStore(directory: string): TaskHubStore {
  fs.mkdirSync(directory, { recursive: true });
  const files = new Map<string, number>();

  const pathOf = (instanceId: string) => join(directory, fileName(instanceId) + EXTENSION);
  const closeFile = (instanceId: string) => {
    const file = files.get(instanceId);
    if (file === undefined) return;
    fs.closeSync(file);
    files.delete(instanceId);
  };
  const fileOf = (instanceId: string) => {
    const open = files.get(instanceId);
    if (open !== undefined) return open;
    for (const oldest of files.keys()) {
      if (files.size < MAX_OPEN_FILES) break;
      closeFile(oldest);
    }
    const file = fs.openSync(pathOf(instanceId), 'a');
    files.set(instanceId, file);
    return file;
  };

  return {
    begin(record) {
      const { instanceId } = record.head;
      closeFile(instanceId);
      const path = pathOf(instanceId);
      fs.writeFileSync(`${path}.new`, line(record));
      fs.renameSync(`${path}.new`, path);
    },
    append: (instanceId, record) => void fs.writeSync(fileOf(instanceId), line(record)),
    retire: (state) => closeFile(state.head.instanceId),
    read(instanceId) {
      const path = pathOf(instanceId);
      return fs.existsSync(path) ? readJournal(path) : undefined;
    },
    remove(instanceId) {
      closeFile(instanceId);
      fs.rmSync(pathOf(instanceId), { force: true });
    },
    *load() {
      for (const name of fs.readdirSync(directory)) {
        if (!name.endsWith(EXTENSION)) continue;
        const state = readJournal(join(directory, name));
        if (state !== undefined) yield state;
      }
    },
    close() {
      for (const instanceId of [...files.keys()]) closeFile(instanceId);
    },
  };
}

const line = (record: JournalRecord): string => `${JSON.stringify(record)}\n`;

function readJournal(path: string): InstanceState | undefined {
  const bytes = fs.readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) fs.truncateSync(path, end);
  let state: InstanceState | undefined;
  for (const text of bytes.toString('utf8', 0, end).split('\n'))
    if (text !== '') state = apply(state, JSON.parse(text) as JournalRecord);
  return state;
}

/** Ids may hold what file names can't, be too long, or differ in case only, which some file systems don't tell apart. */
function fileName(instanceId: string): string {
  const plain = encodeURIComponent(instanceId);
  if (plain === instanceId.toLowerCase() && plain.length <= 150) return plain;
  return `${plain.slice(0, 150)}-${createHash('sha256').update(instanceId).digest('hex').slice(0, 16)}`;
}
