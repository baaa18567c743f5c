import type { Command } from 'commander';
import { apiClient, type Api } from './apiClient.ts';
import { CommandError } from './commandError.ts';
import { connectionOf, type ConnectionOptions } from './connection.ts';
import type { Io } from './io.ts';
import type { Format } from './output.ts';

/** The options that every command takes. */
export interface GlobalOptions extends ConnectionOptions {
  /** How answers are written. */
  readonly output: Format;
}

/** What every command works with. */
export interface Context {
  readonly io: Io;
  readonly format: Format;
  readonly api: Api;
  /** Where the app answers; earlier runs are told apart by it. */
  readonly url: string;
}

/** What a command has come to: 0 is good, 1 an error, 2 that something would change. */
export type ExitCode = 0 | 1 | 2;

/** Adds what carries out a command; it gets the context before its own arguments. */
export type Register = (program: Command, io: Io, done: (code: ExitCode) => void) => void;

/** What a command works with, from the options given to it and to the program. @throws CommandError */
export function contextOf(command: Command, io: Io): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const connection = connectionOf(options, io);
  return { io, format: options.output, api: apiClient(connection, io.command), url: connection.api };
}

/** Whether somebody says yes; a script has to say so beforehand. @throws CommandError where nobody can be asked */
export async function confirmed(io: Io, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  if (!io.isTerminal) throw new CommandError('Nobody can be asked here', 'Look at the plan, then give --yes');
  const answer = await io.ask(`${question} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
