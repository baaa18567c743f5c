/** A route template as ASP.NET Core's, of which Azure Functions takes `{a}`, `{a?}`, `{a=x}`, `{a:int}` and `{*rest}`. */
export interface RouteTemplate {
  /**
   * @param path percent-encoded, without query.
   * @returns the values of the parameters that the path has; undefined when it does not match.
   */
  match(path: string): Readonly<Record<string, string>> | undefined;
  /** One digit per segment: the smaller text names the more specific route. */
  readonly precedence: string;
}

export class RouteTemplateError extends Error {
  constructor(template: string, problem: string) {
    super(`The route "${template}" can't be read: ${problem}`);
    this.name = 'RouteTemplateError';
  }
}

interface Segment {
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  readonly kind: 'literal' | 'parameter' | 'rest';
}

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly fallback: string | undefined;
  readonly rest: boolean;
  readonly constraints: readonly ((value: string) => boolean)[];
}

/** @throws RouteTemplateError */
export function parseRoute(template: string): RouteTemplate {
  const segments = splitSegments(template).map((text) => parseSegment(template, text));
  return {
    precedence: segments.map(precedenceOf).join(''),
    match(path) {
      const parts = decodeSegments(path);
      return parts === undefined ? undefined : matchSegments(segments, parts);
    },
  };
}

function matchSegments(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  let index = 0;
  for (const segment of segments) {
    const rest = segment.kind === 'rest';
    const part = rest ? parts.slice(index).join('/') : parts[index];
    index = rest ? parts.length : index + 1;
    if (part === undefined || (rest && part === '')) {
      if (!segment.parameters.every((parameter) => takeMissing(parameter, values))) return undefined;
      continue;
    }
    const found = segment.pattern.exec(part);
    if (found === null) return undefined;
    for (const [position, parameter] of segment.parameters.entries()) {
      const value = found[position + 1] ?? '';
      if (!parameter.constraints.every((holds) => holds(value))) return undefined;
      values[parameter.name] = value;
    }
  }
  return index >= parts.length ? values : undefined;
}

function takeMissing(parameter: Parameter, values: Record<string, string>): boolean {
  if (parameter.fallback !== undefined) values[parameter.name] = parameter.fallback;
  return parameter.optional || parameter.rest || parameter.fallback !== undefined;
}

/** Slashes inside braces belong to a constraint. */
function splitSegments(template: string): string[] {
  const segments = [''];
  let depth = 0;
  for (const character of template.replace(/^\/|\/$/g, '')) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === '/' && depth === 0) segments.push('');
    else segments[segments.length - 1] += character;
  }
  return segments.filter((segment) => segment !== '');
}

/** @returns undefined for escapes that can't be decoded, which match nothing. */
function decodeSegments(path: string): string[] | undefined {
  const trimmed = path.replace(/^\/|\/$/g, '');
  try {
    return trimmed === '' ? [] : trimmed.split('/').map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function parseSegment(template: string, text: string): Segment {
  const parameters: Parameter[] = [];
  let pattern = '';
  for (const { literal, body } of tokens(text)) {
    if (literal !== undefined) {
      pattern += literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    } else {
      const parameter = parseParameter(template, body);
      parameters.push(parameter);
      pattern += parameter.rest ? '([\\s\\S]*)' : '([\\s\\S]+?)';
    }
  }
  if (text.includes('{') !== parameters.length > 0) throw new RouteTemplateError(template, `braces of "${text}"`);
  return {
    pattern: new RegExp(`^${pattern}$`, 'i'),
    parameters,
    kind: parameters.length === 0 ? 'literal' : parameters[0]?.rest === true ? 'rest' : 'parameter',
  };
}

type Token = { readonly literal: string; readonly body?: never } | { readonly literal?: never; readonly body: string };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '{' && depth++ === 0) {
      if (current !== '') found.push({ literal: current });
      current = '';
    } else if (character === '}' && --depth === 0) {
      found.push({ body: current });
      current = '';
    } else {
      current += character;
    }
  }
  if (current !== '') found.push({ literal: current });
  return found;
}

function parseParameter(template: string, body: string): Parameter {
  const [, stars = '', name, constraints = '', question = '', fallback] =
    /^(\*{0,2})(\w+)((?::[^=?:(]+(?:\([^)]*\))?)*)(\??)(?:=(.*))?$/.exec(body) ?? [];
  if (name === undefined) throw new RouteTemplateError(template, `the parameter {${body}}`);
  return {
    name,
    rest: stars !== '',
    optional: question === '?',
    fallback,
    constraints: [...constraints.matchAll(/:([^:(]+)(?:\(([^)]*)\))?/g)].map(([, kind = '', argument = '']) =>
      constraint(template, kind.toLowerCase(), argument),
    ),
  };
}

function constraint(template: string, kind: string, argument: string): (value: string) => boolean {
  const [first = Number.NaN, second] = argument.split(',').map(Number);
  const matches = (pattern: RegExp) => (value: string) => pattern.test(value);
  switch (kind) {
    case 'int':
    case 'long':
      return matches(/^-?\d+$/);
    case 'decimal':
    case 'double':
    case 'float':
      return matches(/^-?\d+(\.\d+)?$/);
    case 'bool':
      return matches(/^(true|false)$/i);
    case 'alpha':
      return matches(/^[a-z]*$/i);
    case 'guid':
      return matches(/^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i);
    case 'datetime':
      return (value) => !Number.isNaN(Date.parse(value));
    case 'required':
      return (value) => value !== '';
    case 'length':
      return (value) =>
        second === undefined ? value.length === first : value.length >= first && value.length <= second;
    case 'minlength':
      return (value) => value.length >= first;
    case 'maxlength':
      return (value) => value.length <= first;
    case 'min':
      return (value) => Number(value) >= first;
    case 'max':
      return (value) => Number(value) <= first;
    case 'range':
      return (value) => Number(value) >= first && Number(value) <= (second ?? first);
    case 'regex':
      return matches(new RegExp(argument, 'i'));
    default:
      throw new RouteTemplateError(template, `there is no constraint "${kind}"`);
  }
}

/** ASP.NET Core's RoutePrecedence for inbound requests. */
function precedenceOf({ kind, parameters }: Segment): string {
  if (kind === 'literal') return '1';
  const constrained = parameters.some((parameter) => parameter.constraints.length > 0);
  if (kind === 'rest') return constrained ? '4' : '5';
  return constrained ? '2' : '3';
}
