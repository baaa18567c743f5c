import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Problem } from './problem.ts';

export type SpecTextResult =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: readonly Problem[] };

/** A spec is a page; what is longer would only bloat the history that it is stored in. */
const MAX_CHARACTERS = 64 * 1024;
/** Few anchors are handy, many are a bomb. */
const MAX_ALIASES = 50;

/**
 * Reads the text of a spec as JSON or YAML. Without a telling content type, text that begins like a JSON object is JSON.
 * A key that appears twice is refused in both, where `JSON.parse` would silently take the last.
 *
 * @returns the value as plain data, to be judged by `parseEnvironmentSpec`; or one problem with line and column.
 */
export function parseSpecText(text: string, contentType?: string): SpecTextResult {
  if (text.length > MAX_CHARACTERS) {
    return refused(`the text has ${text.length} characters`, `Send at most ${MAX_CHARACTERS}.`);
  }
  if (text.trim() === '') return refused('the text is empty', 'Send a spec, at least { "name": "aks-egress" }.');
  return isJson(text, contentType) ? parseJson(text) : parseYaml(text);
}

function isJson(text: string, contentType = ''): boolean {
  if (/json/i.test(contentType)) return true;
  return !/yaml/i.test(contentType) && text.trimStart().startsWith('{');
}

function parseJson(text: string): SpecTextResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const { line, column } = positionInJson(text, message);
    return malformed('JSON', message.replace(/ in JSON at position .*| at position .*/, ''), line, column);
  }
  // YAML 1.2 contains JSON, and its parser counts keys; whatever else it may find odd, JSON.parse has accepted it.
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'silent' });
  const duplicate = document.errors.find((error) => error.code === 'DUPLICATE_KEY');
  return duplicate === undefined ? { ok: true, value } : duplicateKey(duplicate, lines);
}

function parseYaml(text: string): SpecTextResult {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  // A warning is a tag that the parser doesn't know: its value would not be what was meant.
  const [error] = [...document.errors, ...document.warnings];
  if (error?.code === 'DUPLICATE_KEY') return duplicateKey(error, lines);
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return malformed('YAML', error.message, line, col);
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return refused(`the YAML can't be read: ${message}`, 'Write values out instead of using anchors and aliases.');
  }
}

/** V8 names the position in most messages; where it doesn't, the text ended too early or is wrong from its start. */
function positionInJson(text: string, message: string): { readonly line: number; readonly column: number } {
  const named = /position (\d+)/.exec(message)?.[1];
  const token = /^Unexpected token '(.+?)', /su.exec(message)?.[1];
  const offset = named !== undefined ? Number(named) : token !== undefined ? text.indexOf(token) : text.length;
  const before = text.slice(0, Math.max(0, offset)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function duplicateKey(error: YAMLError, lines: LineCounter): SpecTextResult {
  const { line, col } = lines.linePos(error.pos[0]);
  return refused(`line ${line}, column ${col}: a key appears twice`, 'Keep one of the two.');
}

function malformed(format: 'JSON' | 'YAML', message: string, line: number, column: number): SpecTextResult {
  return refused(
    `line ${line}, column ${column}: malformed ${format}: ${message}`,
    format === 'JSON'
      ? 'Correct the text there; JSON wants double quotes and no comma after the last entry.'
      : 'Correct the text there; YAML wants spaces, not tabs, and the same indentation for the fields of an object.',
  );
}

function refused(message: string, remedy: string): SpecTextResult {
  return { ok: false, problems: [{ path: '', message, remedy }] };
}
