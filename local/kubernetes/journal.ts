import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file of JSON lines that only ever grows: what a killed process wrote is whole up to the last complete line. */
export interface Journal {
  append(entry: unknown): void;
  close(): void;
}

/**
 * Reads the journal of a directory (made when missing) and starts a new one with the entries that `keep` makes of the
 * old. A line torn by a kill is dropped if it is the last; anywhere else it throws, since objects would be missing.
 */
export function openJournal(directory: string, keep: (entries: readonly unknown[]) => readonly unknown[]): Journal {
  const path = join(directory, 'objects.jsonl');
  mkdirSync(directory, { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const entries = lines.filter((line) => line !== '').map((line, index) => parseLine(line, index, path));
  replaceFile(path, keep(entries).map(asLine).join(''));
  const file = openSync(path, 'a');
  let open = true;
  return {
    append: (entry) => void writeSync(file, asLine(entry)),
    // A number that is closed twice may be somebody else's file by then.
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

function asLine(entry: unknown): string {
  return `${JSON.stringify(entry)}\n`;
}

function replaceFile(path: string, content: string): void {
  const file = openSync(`${path}.new`, 'w');
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}

function parseLine(line: string, index: number, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(
      `${path}, line ${index + 1}, is not JSON: the state is damaged. Remove the directory to start afresh.`,
      { cause },
    );
  }
}
