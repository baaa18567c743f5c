import type { Argument, Command, Option } from 'commander';
import { processIo } from '../cli/io.ts';
import { createProgram } from '../cli/program.ts';
import { asCell, code, table } from './markdown.ts';

const program = createProgram(processIo(), () => undefined);

/** Every command with what it takes and does, as a table. */
export const commandsTable = (): string =>
  table(
    ['command', 'does'],
    leaves(program).map(({ path, command }) => [code(usageOf(path, command)), asCell(command.description())]),
  );

/** Every option, first those of all commands. */
export const optionsTable = (): string =>
  table(
    ['command', 'option', 'means'],
    [{ path: ['gatehouse'], command: program }, ...leaves(program)].flatMap(({ path, command }) =>
      command.options.map((option, index) => [
        index > 0 ? '' : path.length === 1 ? 'each' : code(path.slice(1).join(' ')),
        code(option.flags),
        asCell(meaningOf(option)),
      ]),
    ),
  );

interface Leaf {
  readonly path: readonly string[];
  readonly command: Command;
}

const leaves = (command: Command, path: readonly string[] = [command.name()]): readonly Leaf[] =>
  command.commands.length === 0
    ? [{ path, command }]
    : command.commands.flatMap((one) => leaves(one, [...path, one.name()]));

/** Arguments in capitals, as pages have them, and the options that are needed. */
const usageOf = (path: readonly string[], { registeredArguments, options }: Command): string =>
  [
    ...path,
    ...registeredArguments.map(shownArgument),
    ...options
      .filter(({ mandatory }) => mandatory)
      .map(({ flags }) => flags.replace(/^.*, /, '').replace(/<.*>/, shouted)),
  ].join(' ');

const shouted = (text: string): string => text.slice(1, -1).toUpperCase();

function shownArgument(argument: Argument): string {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? '…' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function meaningOf({ description, defaultValue, argChoices }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`;
  const usual = ['string', 'number'].includes(typeof defaultValue) ? ` (default ${String(defaultValue)})` : '';
  return `${description}${choices}${usual}`;
}
