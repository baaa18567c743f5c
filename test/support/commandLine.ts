import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calledAs } from '../../cli/calledAs.ts';
import { styler, type Io } from '../../cli/io.ts';
import { run } from '../../cli/program.ts';
import type { TestCloud } from './localCloud.ts';

/** What a command has written, and how it has ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The `gatehouse` command as somebody at a terminal of his own uses it. */
export interface CommandLine {
  readonly gatehouse: (...words: readonly string[]) => Promise<Ended>;
  /** An empty folder that it is used in; its settings lie there as well. */
  readonly directory: string;
  /** What its user answers when he is asked; without any, nobody can be asked. */
  readonly answers: string[];
  readonly env: Record<string, string | undefined>;
  close(): void;
}

/**
 * @param cloud the app that commands talk to unless they are told otherwise; its time passes while they wait
 * @param directory the folder that it is used in, in place of a new one; it goes with `close` as well
 */
export function commandLine(cloud?: TestCloud, directory = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'))): CommandLine {
  const answers: string[] = [];
  const env: Record<string, string | undefined> = {
    HOME: directory,
    ...(cloud && { GATEHOUSE_URL: cloud.api, GATEHOUSE_KEY: cloud.host.keys.function }),
  };
  const gatehouse = async (...words: readonly string[]): Promise<Ended> => {
    let [out, err] = ['', ''];
    const io: Io = {
      write: (text) => (out += text),
      note: (line) => (err += `${line}\n`),
      isTerminal: false,
      style: styler(false),
      env,
      command: calledAs(env),
      directory,
      now: () => cloud?.clock.now() ?? 0,
      sleep: async (ms) => cloud?.clock.sleep(ms),
      ask: () => Promise.reject(new Error('Nobody was to be asked.')),
      standardInput: () => Promise.resolve(answers.join('\n')),
    };
    const asked: Partial<Io> =
      answers.length === 0 ? {} : { isTerminal: true, ask: () => Promise.resolve(answers.shift() ?? '') };
    const code = await run(words, { ...io, ...asked });
    return { code, out, err };
  };
  return { gatehouse, directory, answers, env, close: () => rmSync(directory, { recursive: true, force: true }) };
}
