import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of JSON lines that only ever grows; what a killed process wrote is complete up to the last whole line. */
export interface Journal {
  /** Every entry written so far, oldest first. */
  readonly entries: readonly unknown[];
  append(entry: unknown): void;
  /** Replaces the file by these entries in one step: a crash leaves either the old or the new one. */
  rewrite(entries: readonly unknown[]): void;
  close(): void;
}

/** Without that line the state would be wrong. */
class StateDamagedError extends Error {
  readonly remedy = 'Remove the state directory to start afresh.';

  constructor(path: string, line: number, options: ErrorOptions) {
    super(`${path}, line ${line}, is not JSON: the state is damaged.`, options);
    this.name = 'StateDamagedError';
  }
}

/**
 * Opens the journal in a directory, which is created when missing. A line torn by a kill is dropped if it is the last.
 *
 * @throws StateDamagedError for one anywhere else.
 */
export function openJournal(directory: string): Journal {
  const path = join(directory, 'journal.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const entries = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseLine(line, index, path));
  if (whole.length < text.length) replaceFile(path, whole);
  let file = openSync(path, 'a');
  let open = true;
  return {
    entries,
    append: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    rewrite: (kept) => {
      closeSync(file);
      replaceFile(path, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      file = openSync(path, 'a');
    },
    // A number that is closed twice may be somebody else's file by then.
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** Writes a file so that a crash leaves either the old content or the new. */
export function replaceFile(path: string, content: string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w');
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
}

function parseLine(line: string, index: number, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new StateDamagedError(path, index + 1, { cause });
  }
}
