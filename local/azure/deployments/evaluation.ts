import { asText, at, isObject, type Json, type JsonObject } from '../json.ts';
import { expressionIn, invalidTemplate, plainText, type Expression } from './expressions.ts';
import { functions, RUNTIME } from './functions.ts';

/** Where a template is deployed to. */
export interface Place {
  readonly subscription: string;
  readonly group?: string;
  readonly location: string;
  readonly deployment: string;
  /** What `environment()` tells. */
  readonly environment: JsonObject;
  readonly tenant: string;
  readonly deployer: string;
}

/** What the expressions of one template can refer to. */
export interface Scope {
  readonly place: Place;
  readonly parameters: Readonly<Record<string, Json>>;
  /** The variables as they are written. */
  readonly variables: JsonObject;
  /** Symbolic names of the resources. */
  readonly symbols: ReadonlySet<string>;
  readonly locals?: Readonly<Record<string, Json>>;
  /** Within a copy loop. */
  readonly copyIndex?: number;
}

/** Evaluates every expression in a value; what is known only while the template is deployed is RUNTIME. */
export function evaluated(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    const expression = expressionIn(value);
    return expression === undefined ? plainText(value) : evaluate(expression, scope);
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((element) => evaluated(element, scope));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, element]) => [
    asText(evaluated(key, scope)),
    evaluated(element ?? null, scope),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

function evaluate(expression: Expression, scope: Scope): Json {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'member') return member(evaluate(expression.of, scope), evaluate(expression.name, scope));
  const { name, args } = expression;
  const special = specials[name.toLowerCase()];
  if (special !== undefined) return special(args, scope);
  const plain = functions[name.toLowerCase()];
  if (plain === undefined) throw invalidTemplate(`The template function '${name}' is not valid`);
  const values = args.map((argument) => evaluate(argument, scope));
  return values.includes(RUNTIME) && plain !== functions['createarray'] ? RUNTIME : plain(...values);
}

function member(of: Json, name: Json): Json {
  if (of === RUNTIME || name === RUNTIME) return RUNTIME;
  const elements = Array.isArray(of) ? (of as readonly Json[]) : undefined;
  const key = isObject(of)
    ? Object.keys(of).find((one) => one.toLowerCase() === asText(name).toLowerCase())
    : undefined;
  const found = elements === undefined ? at(of, key ?? '') : elements[Number(name)];
  if (found !== undefined) return found;
  const available = isObject(of) ? Object.keys(of).join(', ') : `${elements?.length ?? 0} elements`;
  throw invalidTemplate(
    `The language expression property '${asText(name)}' doesn't exist, available properties are '${available}'`,
  );
}

type Special = (args: readonly Expression[], scope: Scope) => Json;

/** Functions that look at what surrounds them, or evaluate only some of their arguments. */
const specials: Readonly<Record<string, Special>> = {
  parameters: ([name], { parameters, ...scope }) => named(parameters, name, { parameters, ...scope }, 'parameter'),
  variables: ([name], scope) => {
    const { locals: _locals, copyIndex: _index, ...own } = scope;
    return evaluated(named(scope.variables as Readonly<Record<string, Json>>, name, scope, 'variable'), own);
  },
  lambdavariables: ([name], scope) => named(scope.locals ?? {}, name, scope, 'lambda variable'),
  if: ([condition, whenTrue, whenFalse], scope) => {
    const value = of(condition, scope);
    if (value === RUNTIME) return RUNTIME;
    return of(value === true ? whenTrue : whenFalse, scope);
  },
  and: (args, scope) => args.every((argument) => of(argument, scope) === true),
  or: (args, scope) => args.some((argument) => of(argument, scope) === true),
  createobject: (args, scope) =>
    Object.fromEntries(
      args.flatMap((key, index) => (index % 2 === 0 ? [[asText(of(key, scope)), of(args[index + 1], scope)]] : [])),
    ),
  map: ([array, lambda], scope) => each(array, scope, (element) => apply(lambda, scope, element)),
  filter: ([array, lambda], scope) => {
    const elements = of(array, scope);
    if (!Array.isArray(elements)) return RUNTIME;
    return (elements as readonly Json[]).filter((element) => apply(lambda, scope, element) === true);
  },
  mapvalues: ([object, lambda], scope) => {
    const value = of(object, scope);
    if (value === RUNTIME || !isObject(value)) return RUNTIME;
    const entries = Object.entries(value).map(([key, element]) => [key, apply(lambda, scope, element ?? null)]);
    return Object.fromEntries(entries) as JsonObject;
  },
  copyindex: (_args, { copyIndex }) => {
    if (copyIndex === undefined) throw invalidTemplate("The function 'copyIndex' is used outside of a copy loop");
    return copyIndex;
  },
  subscription: (_args, { place }) => ({
    id: `/subscriptions/${place.subscription}`,
    subscriptionId: place.subscription,
    tenantId: place.tenant,
  }),
  resourcegroup: (_args, { place }) => {
    if (place.group === undefined)
      throw invalidTemplate("The template function 'RESOURCEGROUP' is not expected at this location");
    const id = `/subscriptions/${place.subscription}/resourceGroups/${place.group}`;
    return { id, name: place.group, location: place.location };
  },
  deployment: (_args, { place }) => ({ name: place.deployment, location: place.location }),
  deployer: (_args, { place }) => ({ objectId: place.deployer, tenantId: place.tenant }),
  tenant: (_args, { place }) => ({ tenantId: place.tenant }),
  environment: (_args, { place }) => place.environment,
  resourceid: (args, scope) => resourceId(args, scope, scope.place.group),
  subscriptionresourceid: (args, scope) => resourceId(args, scope, undefined),
  extensionresourceid: ([parent, ...args], scope) => {
    const id = resourceId(args, scope, undefined);
    const base = of(parent, scope);
    if (base === RUNTIME || typeof id !== 'string') return RUNTIME;
    return `${asText(base)}${id.slice(id.indexOf('/providers/'))}`;
  },
  reference: ([name], scope) => {
    const target = of(name, scope);
    if (typeof target !== 'string' || target.includes('/') || isDeclared(target, scope)) return RUNTIME;
    throw invalidTemplate(`The resource '${target}' is not defined in the template`);
  },
};

/** `zones[0]` is one of a copy loop. */
export const isDeclared = (symbol: string, { symbols }: Scope): boolean => symbols.has(symbol.replace(/\[\d+\]$/, ''));

function of(expression: Expression | undefined, scope: Scope): Json {
  return expression === undefined ? null : evaluate(expression, scope);
}

function named(
  values: Readonly<Record<string, Json>>,
  expression: Expression | undefined,
  scope: Scope,
  kind: string,
): Json {
  const name = asText(of(expression, scope));
  const key = Object.keys(values).find((one) => one.toLowerCase() === name.toLowerCase());
  if (key === undefined) throw invalidTemplate(`The template ${kind} '${name}' is not found`);
  return values[key] ?? null;
}

function each(array: Expression | undefined, scope: Scope, change: (element: Json) => Json): Json {
  const elements = of(array, scope);
  return Array.isArray(elements) ? (elements as readonly Json[]).map(change) : RUNTIME;
}

/** `lambda('name', body)`: the body with the name bound to a value. */
function apply(lambda: Expression | undefined, scope: Scope, value: Json): Json {
  if (lambda?.kind !== 'call' || lambda.name !== 'lambda') throw invalidTemplate('A lambda is expected');
  const body = lambda.args.at(-1);
  const [name] = lambda.args;
  const bound = { ...scope.locals, [asText(of(name, scope))]: value };
  return of(body, { ...scope, locals: bound });
}

function resourceId(args: readonly Expression[], scope: Scope, group: string | undefined): Json {
  const values = args.map((argument) => evaluate(argument, scope));
  if (values.includes(RUNTIME)) return RUNTIME;
  const texts = values.map(asText);
  const at = texts.findIndex((text) => text.includes('/'));
  const before = texts.slice(0, at);
  const [namespace = '', ...types] = (texts[at] ?? '').split('/');
  const names = texts.slice(at + 1);
  if (at < 0 || names.length !== types.length)
    throw invalidTemplate(
      `The resource id of type '${texts[at] ?? ''}' takes ${types.length} names, not ${names.length}`,
    );
  const inGroup = before.length > 0 && group !== undefined ? before.at(-1) : group;
  const subscription = before.length === 2 ? before[0] : scope.place.subscription;
  const base = `/subscriptions/${subscription ?? ''}${inGroup === undefined ? '' : `/resourceGroups/${inGroup}`}`;
  return `${base}/providers/${namespace}${types.map((type, index) => `/${type}/${names[index] ?? ''}`).join('')}`;
}
