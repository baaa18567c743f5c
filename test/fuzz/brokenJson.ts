import fc from 'fast-check';
import type { Json } from '../../shared/model/json.ts';

/** Values that have been somebody's surprise before: wrong types, empty, huge, deep, and names that JavaScript itself uses. */
const surprises: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  80.5,
  1e308,
  '',
  ' ',
  '*',
  '80',
  'true',
  'null',
  'Succeeded',
  '0.0.0.0/0',
  '20.62.10.30/32',
  '10.42.2.4',
  '::/0',
  'ü✓\u0000\u202e\ud83d',
  'x'.repeat(5_000),
  '1,'.repeat(2_000),
  [],
  [null],
  [[]],
  [{}],
  ['*'],
  [1, 'a', {}, []],
  {},
  { name: null, properties: null },
  { id: {}, name: [], properties: 'none' },
  { length: 3, constructor: 'x', toString: null, toJSON: 'x' },
  JSON.parse('{ "__proto__": { "polluted": true } }') as Json,
  Array.from({ length: 300 }, (_, index) => `10.1.${index}.0/24`),
  JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as Json,
  JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as Json,
];

export const surprise: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...surprises) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) },
);

type Edit = { readonly kind: 'drop' | 'double' | 'wrap' | 'recase' } | { readonly kind: 'replace'; readonly by: Json };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: surprise.map((by): Edit => ({ kind: 'replace', by })) },
  { weight: 2, arbitrary: fc.constant<Edit>({ kind: 'drop' }) },
  { weight: 1, arbitrary: fc.constantFrom<Edit>({ kind: 'double' }, { kind: 'wrap' }, { kind: 'recase' }) },
);

/**
 * A valid document with up to `most` of its parts gone, of another type, twice there, or spelt otherwise; now and then the
 * document itself.
 */
export function broken(document: Json, most = 4): fc.Arbitrary<Json> {
  const edits = fc.array(fc.record({ at: fc.nat(100_000), edit }), { maxLength: most });
  return edits.map((all) => all.reduce<Json>((value, one) => edited(value, one.at, one.edit), document));
}

type Step = string | number;

/** Where the parts of a document are, all but the document itself. */
function placesIn(value: Json, path: readonly Step[] = [], depth = 0): readonly (readonly Step[])[] {
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  const inner: readonly (readonly [Step, Json | undefined])[] = isArray(value)
    ? value.slice(0, 20).map((item, index) => [index, item] as const)
    : Object.entries(value);
  return inner.flatMap(([step, part]) => [[...path, step], ...placesIn(part ?? null, [...path, step], depth + 1)]);
}

function edited(document: Json, at: number, change: Edit): Json {
  const places = placesIn(document);
  const path = places[at % (places.length + 1)];
  if (path === undefined) return change.kind === 'replace' ? change.by : document;
  const copy = JSON.parse(JSON.stringify(document)) as never;
  const step = path.at(-1) as never;
  // The one place where the document is changed in place: its copy is nobody else's yet.
  const holder = path.slice(0, -1).reduce<Record<Step, unknown>>((inner, key) => inner[key] as never, copy);
  const part: unknown = holder[step];
  if (change.kind === 'replace') holder[step] = change.by;
  else if (change.kind === 'wrap') holder[step] = [part] as never;
  else if (Array.isArray(holder)) holder.splice(Number(step), 1, ...(change.kind === 'double' ? [part, part] : []));
  else if (change.kind === 'drop') delete holder[step];
  else if (change.kind === 'recase') holder[step] = typeof part === 'string' ? part.toUpperCase() : part;
  else holder[`${String(step)}2`] = part;
  return copy;
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
