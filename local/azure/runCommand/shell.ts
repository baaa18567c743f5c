/** A command of a line, and what has to have come of the one before it. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Whether it runs only when the one before it succeeded (`&&`), or in any case (`;`). */
  readonly onlyAfterSuccess: boolean;
}

/** Takes a line apart as a shell does, as far as words, quotes, `&&` and `;` go. */
export function parseShellLine(line: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let onlyAfterSuccess = false;
  const token = /\s+|&&|;|(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"&;]|&(?!&))+/gs;
  for (const [text] of line.matchAll(token)) {
    if (text === '&&' || text === ';') {
      commands.push({ words, onlyAfterSuccess });
      words = [];
      onlyAfterSuccess = text === '&&';
    } else if (text.trim() !== '') {
      words.push(unquoted(text));
    }
  }
  return [...commands, { words, onlyAfterSuccess }].filter((command) => command.words.length > 0);
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"/gs,
    (_, single: string | undefined, double: string | undefined) =>
      single ?? (double ?? '').replaceAll(/\\(["\\$`])/g, '$1'),
  );
}
