import { createInterface } from 'node:readline/promises';
import { text as readAll } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { calledAs } from './calledAs.ts';

type Style = Parameters<typeof styleText>[0];

/** What a command has to do with the world around it, so that a test can give it another one. */
export interface Io {
  /** To standard output, as it is. */
  readonly write: (text: string) => void;
  /** To standard error, as a line. */
  readonly note: (line: string) => void;
  /** Whether a person sits in front of it: progress may be drawn over, and questions asked. */
  readonly isTerminal: boolean;
  /** Colours, where they are wanted. */
  readonly style: (style: Style, text: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The words that call this command once more, for whoever is told what to do next. */
  readonly command: string;
  readonly directory: string;
  /** The clock on the wall, epoch ms. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks for a line. */
  readonly ask: (question: string) => Promise<string>;
  readonly standardInput: () => Promise<string>;
}

/** The process itself. Colours follow https://no-color.org, `FORCE_COLOR`, and whether standard output is a terminal. */
export function processIo(): Io {
  const { env } = process;
  const isTerminal = process.stdout.isTTY && process.stdin.isTTY;
  const colours = (env['NO_COLOR'] ?? '') === '' && (process.stdout.isTTY || (env['FORCE_COLOR'] ?? '0') !== '0');
  return {
    write: (text) => void process.stdout.write(text),
    note: (line) => console.error(line),
    isTerminal,
    style: styler(colours),
    env,
    command: calledAs(env),
    directory: process.cwd(),
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    standardInput: () => readAll(process.stdin),
  };
}

/** Colours text, or leaves it as it is. */
export const styler =
  (colours: boolean): Io['style'] =>
  (style, text) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
