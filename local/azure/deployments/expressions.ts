import { ArmError } from '../errors.ts';
import type { Json } from '../json.ts';

/** A template expression (`[concat('a', parameters('b').c[0])]`), taken apart. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: Expression };

/** Templates are refused with one code, and a message that says where it hurts. */
export function invalidTemplate(message: string): ArmError {
  return new ArmError(400, 'InvalidTemplate', `Deployment template validation failed: '${message}'.`);
}

/** The expression in a string of a template; undefined where the string stands for itself. */
export function expressionIn(text: string): Expression | undefined {
  if (!text.startsWith('[') || text.startsWith('[[') || !text.endsWith(']')) return undefined;
  const source = text.slice(1, -1);
  const tokens = tokensOf(source);
  const expression = parse(tokens, source);
  if (tokens.length > 0) throw unparsable(source);
  return expression;
}

/** A string that stands for itself; `[[` is an escaped bracket. */
export function plainText(text: string): Json {
  return text.startsWith('[[') ? text.slice(1) : text;
}

function tokensOf(source: string): string[] {
  const tokens = source.match(/'(?:[^']|'')*'|-?\d+|[A-Za-z_]\w*|[()[\].,]|\S/g) ?? [];
  return [...tokens];
}

function parse(tokens: string[], source: string): Expression {
  let expression = primary(tokens, source);
  for (;;) {
    if (tokens[0] === '.') {
      tokens.shift();
      expression = { kind: 'member', of: expression, name: { kind: 'literal', value: tokens.shift() ?? '' } };
    } else if (tokens[0] === '[') {
      tokens.shift();
      expression = { kind: 'member', of: expression, name: parse(tokens, source) };
      expect(tokens, ']', source);
    } else return expression;
  }
}

function primary(tokens: string[], source: string): Expression {
  const token = tokens.shift();
  if (token === undefined) throw unparsable(source);
  if (token.startsWith("'")) return { kind: 'literal', value: token.slice(1, -1).replaceAll("''", "'") };
  if (/^-?\d+$/.test(token)) return { kind: 'literal', value: Number(token) };
  if (!/^[A-Za-z_]/.test(token)) throw unparsable(source);
  expect(tokens, '(', source);
  const args: Expression[] = [];
  while (tokens[0] !== ')') {
    args.push(parse(tokens, source));
    if (tokens[0] !== ')') expect(tokens, ',', source);
  }
  tokens.shift();
  return { kind: 'call', name: token, args };
}

function expect(tokens: string[], wanted: string, source: string): void {
  if (tokens.shift() !== wanted) throw unparsable(source);
}

function unparsable(source: string): ArmError {
  return invalidTemplate(`Unable to parse language expression '${source}'`);
}
