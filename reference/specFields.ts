import { requestSchemas } from '../openapi/requests.ts';

/** As far as fields of a spec are made of it. */
interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

/** One field of a spec that holds a value. */
export interface SpecField {
  /** Dotted; what is in a list has `[]` after the list's name. */
  readonly path: string;
  /** Markdown. */
  readonly values: string;
  /** Markdown; absent: the schema has none. */
  readonly usual?: string;
  readonly isRequired: boolean;
}

/** Every field, in the order of the schema; of the entries of `clusters` those that `cluster` has not, or has otherwise. */
export function specFields(): readonly SpecField[] {
  const fields = fieldsIn(requestSchemas()['Spec'] ?? {}, '', true);
  const known = new Set(fields.map(({ path }) => path));
  const isRepeated = ({ path }: SpecField) =>
    path !== 'clusters[].name' && path.startsWith('clusters[].') && known.has(path.replace('clusters[]', 'cluster'));
  return fields.filter((field) => !isRepeated(field));
}

function fieldsIn(schema: FieldSchema, path: string, isRequired: boolean): readonly SpecField[] {
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, inner]) =>
      fieldsIn(inner, path === '' ? name : `${path}.${name}`, schema.required?.includes(name) === true),
    );
  }
  if (schema.items?.properties !== undefined) return fieldsIn(schema.items, `${path}[]`, false);
  const usual = usualOf(schema);
  return [{ path, values: valuesOf(schema), ...(usual === undefined ? {} : { usual }), isRequired }];
}

const quoted = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function usualOf({ default: usual, anyOf = [] }: FieldSchema): string | undefined {
  const { name, prefix } = anyOf.find(({ properties }) => properties !== undefined)?.properties ?? {};
  if (name !== undefined || prefix !== undefined) {
    const parts = [name?.const === undefined ? name?.default : undefined, prefix?.default];
    const told = parts.filter((part) => part !== undefined).map(quoted);
    return prefix?.default === undefined || told.length === 0 ? undefined : told.join(', ');
  }
  if (usual === undefined) return undefined;
  return Array.isArray(usual) && usual.length === 0 ? 'none' : quoted(usual);
}

function valuesOf(schema: FieldSchema): string {
  const { description, anyOf, items, minimum, maximum } = schema;
  if (description !== undefined) return asMarkdown(description);
  if (schema.enum !== undefined) return schema.enum.map(quoted).join(', ');
  if (schema.const !== undefined) return quoted(schema.const);
  if (anyOf !== undefined) return anyOf.map(valuesOf).join('; or ');
  if (items !== undefined) return `list of ${valuesOf(items)}`;
  if (schema.properties !== undefined) return `\`{ ${Object.keys(schema.properties).join(', ')} }\``;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  return 'text';
}

/** A sentence, such as a remedy, as a cell: what to give; a star stands for itself. */
function asMarkdown(text: string): string {
  const what = text.replace(/^(Use|Give|Name) /, '').replace(/\.$/, '');
  return `${what.charAt(0).toLowerCase()}${what.slice(1)}`.replace(/(^|\s)(\*[^\s,]*)(?=[\s,]|$)/g, '$1`$2`');
}
