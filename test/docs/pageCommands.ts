/** One fenced block of commands of a page. */
export interface CommandBlock {
  /** In their order; each may have several lines, such as those of a here-document. */
  readonly commands: readonly string[];
  /** What the page shows after it as the output of the block: the block of language `text` that is the next one; absent where there is none. */
  readonly output?: string;
}

/** The blocks of language `sh` of a page in Markdown, in their order. */
export function commandBlocks(markdown: string): readonly CommandBlock[] {
  const fenced = [...markdown.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(
    ([, indent = '', language, body = '']) => ({
      language,
      body: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
  return fenced.flatMap(({ language, body }, index) => {
    const next = fenced[index + 1];
    const output = next?.language === 'text' ? { output: next.body } : {};
    return language === 'sh' ? [{ commands: commandsOf(body), ...output }] : [];
  });
}

/** A line goes on behind a backslash, and a here-document up to its end; lines of comment and empty ones are none. */
function commandsOf(body: string): readonly string[] {
  const commands: string[] = [];
  let open: { text: string; end: string | undefined } | undefined;
  for (const line of body.trimEnd().split('\n')) {
    const text: string = open === undefined ? line : `${open.text}\n${line}`;
    const end: string | undefined = open?.end ?? /<<'?(\w+)'?/.exec(line)?.[1];
    const isWhole = end === undefined ? !line.endsWith('\\') : line === end;
    if (!isWhole) open = { text, end };
    else {
      open = undefined;
      if (!/^\s*(#|$)/.test(text)) commands.push(text);
    }
  }
  if (open !== undefined) throw new Error(`The block ends within a command: ${open.text}`);
  return commands;
}

/** The words of a command line of one simple command, as a shell tells them apart; what follows a `#` is a comment. */
export function wordsOf(command: string): readonly string[] {
  const text = command.replaceAll('\\\n', ' ');
  const tokens = [...text.matchAll(/\s*(#[^\n]*|(?:'[^']*'|"[^"]*"|[^\s'"])+)/g)].map(([, token = '']) => token);
  const end = tokens.findIndex((token) => token.startsWith('#'));
  return tokens.slice(0, end === -1 ? undefined : end).map((token) => token.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/** How a command is to end: well, unless the page says otherwise in a comment such as `# ends with 1`. */
export const expectedCode = (command: string): number => Number(/# ends with (\d)/.exec(command)?.[1] ?? 0);

/**
 * Output without what is another one each time: addresses, times, spans, the width of columns. What a page leaves out stands as a line `…`.
 */
export function comparableOutput(output: string): string {
  return output
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'ADDRESS')
    .replaceAll(/\b\d+ ?(?:s|m|h|d|min|seconds?|minutes?|hours?)(?:\d+(?:s|m|h))*\b/g, 'SPAN')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** Whether output is what a page shows, line by line; a line `…` of the page stands for any lines. */
export function isShown(shown: string, output: string): boolean {
  // Each line lies between two line feeds, of which neighbours share one.
  const lines = (text: string) => (text === '' ? '\n' : `\n${text}\n`);
  const text = lines(comparableOutput(output));
  const [first = '\n', ...rest] = comparableOutput(shown)
    .split(/^…$/m)
    .map((part) => lines(part.replaceAll(/^\n|\n$/g, '')));
  const last = rest.pop();
  if (last === undefined) return text === first;
  let end = text.startsWith(first) ? first.length - 1 : -1;
  for (const part of rest) {
    const at = end === -1 ? -1 : text.indexOf(part, end);
    end = at === -1 ? -1 : at + part.length - 1;
  }
  return end !== -1 && text.endsWith(last) && text.length - last.length >= end;
}
