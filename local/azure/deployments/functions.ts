import { createHash } from 'node:crypto';
import { asText, isObject, type Json, type JsonObject } from '../json.ts';
import { invalidTemplate } from './expressions.ts';

/** What is known only while a template is deployed: what a resource answers, the secrets of another one. */
export const RUNTIME: JsonObject = Object.freeze({ $known: 'while it is deployed' });

type TemplateFunction = (...args: Json[]) => Json;

/** Functions of templates that need nothing but their arguments. With one that is not known yet, neither is the result. */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  add: (left, right) => Number(left) + Number(right),
  array: (value) => (Array.isArray(value) ? value : [value]) as Json,
  bool: (value) => value === true || asText(value).toLowerCase() === 'true',
  cidrsubnet: (network, prefix, index) => cidrSubnet(asText(network), Number(prefix), Number(index)),
  coalesce: (...values) => values.find((value) => value !== null) ?? null,
  concat: (...values) => (values.every(Array.isArray) ? values.flat() : values.map(asText).join('')) as Json,
  contains: (container, item) => contains(container, item),
  createarray: (...values) => values,
  empty: (value) => sizeOf(value) === 0,
  endswith: (text, end) => asText(text).toLowerCase().endsWith(asText(end).toLowerCase()),
  equals: (left, right) => asText(left) === asText(right),
  fail: (message) => {
    throw invalidTemplate(asText(message));
  },
  false: () => false,
  first: (value) => elementsOf(value)[0] ?? null,
  format: (pattern, ...values) => asText(pattern).replace(/\{(\d+)\}/g, (_, index) => asText(values[Number(index)])),
  greater: (left, right) => left !== null && right !== null && left > right,
  greaterorequals: (left, right) => left !== null && right !== null && left >= right,
  guid: (...values) => hash(values).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
  int: (value) => {
    if (!/^-?\d+$/.test(asText(value))) throw invalidTemplate(`The value '${asText(value)}' is no integer`);
    return Number(value);
  },
  items: (value) =>
    Object.entries(isObject(value) ? value : {})
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, element]) => ({ key, value: element ?? null })),
  join: (values, separator) => elementsOf(values).map(asText).join(asText(separator)),
  last: (value) => elementsOf(value).at(-1) ?? null,
  length: (value) => sizeOf(value),
  less: (left, right) => left !== null && right !== null && left < right,
  lessorequals: (left, right) => left !== null && right !== null && left <= right,
  max: (...values) => Math.max(...numbersOf(values)),
  min: (...values) => Math.min(...numbersOf(values)),
  not: (value) => value !== true,
  null: () => null,
  range: (start, count) => Array.from({ length: Number(count) }, (_, index) => Number(start) + index),
  replace: (text, from, to) => asText(text).replaceAll(asText(from), asText(to)),
  shallowmerge: (objects) => Object.assign({}, ...elementsOf(objects)) as JsonObject,
  split: (text, separator) => asText(text).split(asText(separator)),
  startswith: (text, start) => asText(text).toLowerCase().startsWith(asText(start).toLowerCase()),
  string: (value) => asText(value),
  substring: (text, start, length) => asText(text).slice(Number(start), Number(start) + Number(length)),
  take: (value, count) => (Array.isArray(value) ? value : asText(value)).slice(0, Number(count)) as Json,
  tolower: (text) => asText(text).toLowerCase(),
  toupper: (text) => asText(text).toUpperCase(),
  trim: (text) => asText(text).trim(),
  true: () => true,
  union: (...values) =>
    values.every(Array.isArray) ? [...new Set(values.flat() as Json[])] : (Object.assign({}, ...values) as JsonObject),
  uniquestring: (...values) =>
    hash(values)
      .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
      .slice(0, 13),
};

/** Stable, and of the right shape; not the hash that Azure takes. */
function hash(values: readonly Json[]): string {
  return createHash('sha256').update(values.map(asText).join('-')).digest('hex');
}

function elementsOf(value: Json | undefined): readonly Json[] {
  if (typeof value === 'string') return [...value];
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function numbersOf(values: readonly Json[]): readonly number[] {
  return (values.length === 1 ? elementsOf(values[0]) : values).map(Number);
}

function sizeOf(value: Json | undefined): number {
  if (isObject(value)) return Object.keys(value).length;
  return elementsOf(value).length;
}

function contains(container: Json | undefined, item: Json | undefined): boolean {
  if (typeof container === 'string') return container.includes(asText(item));
  if (isObject(container))
    return Object.keys(container).some((key) => key.toLowerCase() === asText(item).toLowerCase());
  return elementsOf(container).some((element) => asText(element) === asText(item));
}

function cidrSubnet(network: string, prefix: number, index: number): string {
  const [address = '', given = ''] = network.split('/');
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255)) || !/^\d+$/.test(given))
    throw invalidTemplate(`The network '${network}' is not a CIDR`);
  if (prefix < Number(given) || prefix > 32 || index < 0 || index >= 2 ** (prefix - Number(given)))
    throw invalidTemplate(`The network '${network}' has no subnet /${prefix} of index ${index}`);
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0) + index * 2 ** (32 - prefix);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${prefix}`;
}
