import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHistory, type RecordedHistory } from './recordedHistory.ts';

/** One folder for each released version. */
export const HISTORIES_DIRECTORY = join(import.meta.dirname, 'histories');
export const HISTORY_EXTENSION = '.jsonl';

/** Every recorded history by `version/name`. */
export function readHistories(): ReadonlyMap<string, RecordedHistory> {
  if (!existsSync(HISTORIES_DIRECTORY)) return new Map();
  const files = globSync(`*/*${HISTORY_EXTENSION}`, { cwd: HISTORIES_DIRECTORY }).sort();
  return new Map(
    files.map((file) => [
      file.replaceAll('\\', '/').slice(0, -HISTORY_EXTENSION.length),
      parseHistory(readFileSync(join(HISTORIES_DIRECTORY, file), 'utf8')),
    ]),
  );
}
