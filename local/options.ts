import { readFileSync } from 'node:fs';
import { sentences } from '../shared/model/sentences.ts';
import { isErrno } from './host/thrown.ts';

/** An argument that can't be used; its message names the flag and says what would do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A port flag: 0 picks a free one. @throws UsageError */
export const portOption = (flag: string, text: string): number => integerOption(flag, text, 0, 65_535);

/** A whole number within bounds. @throws UsageError */
export function integerOption(flag: string, text: string, least: number, most: number): number {
  const value = numberOf(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`--${flag} takes a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

/** One of some words. @throws UsageError */
export function wordOption<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const known = words.find((word) => word === text);
  if (known === undefined) throw new UsageError(`--${flag} takes one of ${words.join(', ')}, not "${text}".`);
  return known;
}

/** How many seconds of Azure time pass in a second. @throws UsageError */
export function timeScaleOption(text: string): number {
  const value = numberOf(text);
  if (!Number.isFinite(value) || value < 0.1 || value > 10_000) {
    throw new UsageError(`--time-scale takes a number from 0.1 to 10000 (Azure seconds per second), not "${text}".`);
  }
  return value;
}

/** The text of a spec's file. @throws UsageError for one that can't be read */
export function specOption(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--${flag} ${file} can't be read: ${(error as Error).message}`);
  }
}

/** A port that something else listens on. */
class PortInUseError extends Error {
  readonly remedy: string;

  constructor(port: number, flag: string, options: ErrorOptions) {
    super(`Port ${port} is in use.`, options);
    this.name = 'PortInUseError';
    this.remedy = `Stop what listens there, or choose another port with --${flag} (0 picks a free one).`;
  }
}

/**
 * Handles the rejection of what listens on a port that `--flag` chooses; given the `port`, leaves all others to the next
 * handler, since what listens on several ports has a flag for each.
 *
 * @throws PortInUseError, else the error as it is
 */
export const portChosenBy =
  (flag: string, port?: number) =>
  (error: unknown): never => {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    const used = (error as Error & { port: number }).port;
    if (port !== undefined && port !== used) throw error;
    throw new PortInUseError(used, flag, { cause: error });
  };

/**
 * Runs a command's main function. A usage error is one line on standard error and exit code 2; an error with a remedy one
 * line and 1; anything else, which is nobody's doing but this program's, the whole error and 1.
 */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const usage = error instanceof UsageError || isArgumentError(error);
    if (usage) console.error(error.message);
    else if (hasRemedy(error)) console.error(sentences(error.message, error.remedy));
    else console.error(error);
    process.exit(usage ? 2 : 1);
  });
}

/** Closes and ends when the process is asked to; a second Ctrl+C waits for nothing, which the state on disk survives. */
export function closeOnSignal(close: () => Promise<void>): void {
  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (closing) process.exit(130);
      closing = true;
      runMain(async () => {
        await close();
        process.exit(0);
      });
    });
  }
}

/** What node:util's parseArgs throws for flags it doesn't know. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

const hasRemedy = (error: unknown): error is Error & { readonly remedy: string } =>
  error instanceof Error && 'remedy' in error && typeof error.remedy === 'string';

/** `Number` takes an empty text for 0. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
