/**
 * Conditions of role assignments (attribute-based access control), version 2.0:
 * https://learn.microsoft.com/azure/role-based-access-control/conditions-format (of 2025-03). Of the language what conditions on
 * role assignments use: `ActionMatches`, `ForAnyOfAnyValues:` with `GuidEquals` and `StringEqualsIgnoreCase`, `!`, `AND`, `OR`.
 */

/** What a condition is asked about. */
export interface Asked {
  readonly action: string;
  /** Of what is sent, by the attribute's name, e.g. `RoleDefinitionId`. */
  readonly request: Readonly<Record<string, string>>;
  /** Of what is there. */
  readonly resource: Readonly<Record<string, string>>;
}

type Condition = (asked: Asked) => boolean;

const TOKEN =
  /\s*(ActionMatches\{'[^']*'\}|@(?:Request|Resource)\[[^\]]+\]|ForAnyOfAnyValues:\w+|\{[^}]*\}|AND\b|OR\b|&&|\|\||[!()])/iy;

/** @throws SyntaxError that names what can't be read; such a condition is refused when it is assigned */
export function parseCondition(text: string): Condition {
  const tokens = tokensOf(text);
  let next = 0;
  const take = () => tokens[next++] ?? '';
  const expect = (wanted: RegExp, what: string) => {
    const token = take();
    if (!wanted.test(token)) throw new SyntaxError(`${what} was expected in place of '${token}'.`);
    return token;
  };
  const joined = (operator: RegExp, part: () => Condition, join: (parts: readonly Condition[]) => Condition) => {
    const parts = [part()];
    while (operator.test(tokens[next] ?? '')) {
      next++;
      parts.push(part());
    }
    return join(parts);
  };
  // AND binds stronger than OR.
  const or = (): Condition => joined(/^(?:OR|\|\|)$/i, and, (parts) => (asked) => parts.some((holds) => holds(asked)));
  const and = (): Condition =>
    joined(/^(?:AND|&&)$/i, term, (parts) => (asked) => parts.every((holds) => holds(asked)));
  const term = (): Condition => {
    const token = take();
    if (token === '!') {
      const negated = term();
      return (asked) => !negated(asked);
    }
    if (token === '(') {
      const inner = or();
      expect(/^\)$/, "')'");
      return inner;
    }
    const [, action] = /^ActionMatches\{'([^']*)'\}$/i.exec(token) ?? [];
    if (action !== undefined) return (asked) => asked.action.toLowerCase() === action.toLowerCase();
    return comparison(token, expect(/^ForAnyOfAnyValues:/i, 'ForAnyOfAnyValues:…'), expect(/^\{/, 'a list of values'));
  };
  const condition = or();
  if (next < tokens.length) throw new SyntaxError(`'${tokens[next]}' was not expected.`);
  return condition;
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new SyntaxError(`'${text.slice(from).trim().slice(0, 40)}' can't be read.`);
    tokens.push(token);
  }
  return tokens;
}

const operators = ['guidequals', 'stringequalsignorecase'];

function comparison(attribute: string, operator: string, list: string): Condition {
  const [, source = '', name = ''] = /^@(Request|Resource)\[[^\]:]+:(\w+)\]$/i.exec(attribute) ?? [];
  if (name === '') throw new SyntaxError(`'${attribute}' is no attribute.`);
  if (!operators.includes(operator.slice('ForAnyOfAnyValues:'.length).toLowerCase()))
    throw new SyntaxError(`The operator '${operator}' is not known.`);
  const values = list
    .slice(1, -1)
    .split(',')
    .map((value) => value.trim().replace(/^'|'$/g, '').toLowerCase());
  return ({ request, resource }) => {
    const value = (source.toLowerCase() === 'request' ? request : resource)[name];
    return value !== undefined && values.includes(value.toLowerCase());
  };
}
