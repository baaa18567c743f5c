import { isObject, type Json } from '../json.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly path: Path }
  | { readonly kind: 'range'; readonly path: Path; readonly parts: readonly Part[] };

type Path = readonly Segment[];

type Segment =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: Path; readonly operator: '==' | '!='; readonly value: string };

const SEGMENT =
  /^(?:\.([\w-]+)|\['([^']+)'\]|\[(-?\d+)\]|(\[\*\]|\.\*)|\[\?\(\s*@((?:\.[\w-]+)+)\s*(==|!=)\s*"([^"]*)"\s*\)\])/;

/**
 * Fills in a template as `kubectl --output=jsonpath=…` does, as far as fields, indices, filters by one field's text, `range`
 * and quoted text go. Text is printed as it is, maps and lists as JSON, what isn't there not at all.
 *
 * @throws Error that names what is wrong with the template
 */
export function jsonPath(template: string, root: Json): string {
  const tokens = [...template.matchAll(/\{((?:"(?:[^"\\]|\\.)*"|[^}"])*)\}|([^{]+)/gs)].map(([, expression, text]) =>
    expression === undefined ? { text: text ?? '' } : { expression: expression.trim() },
  );
  const { parts, rest } = parseParts(tokens);
  if (rest.length > 0) throw new Error('error parsing jsonpath: not in range, nothing to end');
  return print(parts, root);
}

type Token = { readonly text: string } | { readonly expression: string };

function parseParts(tokens: readonly Token[]): { parts: readonly Part[]; rest: readonly Token[] } {
  const parts: Part[] = [];
  let left = tokens;
  for (let token = left[0]; token !== undefined; token = left[0]) {
    if ('expression' in token && token.expression === 'end') break;
    left = left.slice(1);
    if ('text' in token) {
      parts.push({ kind: 'text', text: token.text });
    } else if (token.expression.startsWith('"')) {
      parts.push({ kind: 'text', text: JSON.parse(token.expression) as string });
    } else if (token.expression.startsWith('range ')) {
      const inner = parseParts(left);
      if (inner.rest.length === 0) throw new Error('error parsing jsonpath: unclosed range');
      parts.push({
        kind: 'range',
        path: parsePath(token.expression.slice('range '.length).trim()),
        parts: inner.parts,
      });
      left = inner.rest.slice(1);
    } else {
      parts.push({ kind: 'value', path: parsePath(token.expression) });
    }
  }
  return { parts, rest: left };
}

function parsePath(text: string): Path {
  const segments: Segment[] = [];
  let left = text.replace(/^[@$]/, '');
  while (left !== '') {
    const match = SEGMENT.exec(left);
    if (match === null) throw new Error(`error parsing jsonpath: unrecognized identifier ${left}`);
    const [whole, field, quoted, index, all, filtered, operator, value = ''] = match;
    const name = field ?? quoted;
    if (name !== undefined) segments.push({ kind: 'field', name });
    else if (index !== undefined) segments.push({ kind: 'index', index: Number(index) });
    else if (all !== undefined) segments.push({ kind: 'all' });
    else
      segments.push({
        kind: 'filter',
        path: parsePath(filtered ?? ''),
        operator: operator === '!=' ? '!=' : '==',
        value,
      });
    left = left.slice(whole.length);
  }
  return segments;
}

function print(parts: readonly Part[], context: Json): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const found = valuesAt([context], part.path);
      if (part.kind === 'value') return found.map(shown).join(' ');
      return found.map((element) => print(part.parts, element)).join('');
    })
    .join('');
}

function valuesAt(values: readonly Json[], path: Path): readonly Json[] {
  return path.reduce<readonly Json[]>((found, segment) => found.flatMap((value) => step(value, segment)), values);
}

function step(value: Json, segment: Segment): readonly Json[] {
  if (segment.kind === 'field') {
    const inner = isObject(value) ? value[segment.name] : undefined;
    return inner === undefined || inner === null ? [] : [inner];
  }
  const elements: readonly Json[] = Array.isArray(value) ? value : [];
  if (segment.kind === 'all')
    return isObject(value) ? Object.values(value).filter((one) => one !== undefined) : elements;
  if (segment.kind === 'index') return elements.slice(segment.index).slice(0, 1);
  return elements.filter((element) => {
    const [inner] = valuesAt([element], segment.path);
    return inner !== undefined && (shown(inner) === segment.value) === (segment.operator === '==');
  });
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
