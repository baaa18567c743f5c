import { asText, isObject, objectAt, type Json, type JsonObject } from '../json.ts';
import { evaluated, type Scope } from './evaluation.ts';
import { invalidTemplate } from './expressions.ts';
import { RUNTIME } from './functions.ts';

/**
 * The values of a template's parameters: those that are given, defaults for the others. Throws where one is missing, unknown,
 * of another type or outside of its limits.
 */
export function parametersOf(template: JsonObject, given: JsonObject, scope: Scope): Readonly<Record<string, Json>> {
  const declared = objectAt(template, 'parameters');
  const strange = Object.keys(given).filter((name) => !isObject(declared[name]));
  if (strange.length > 0)
    throw invalidTemplate(
      `The template parameters '${strange.join(', ')}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time`,
    );
  const values: Record<string, Json> = {};
  for (const name of Object.keys(declared)) {
    const declaration = objectAt(declared, name);
    const value = isObject(given[name])
      ? (objectAt(given, name)['value'] ?? null)
      : defaultOf(name, declaration, { ...scope, parameters: values });
    check(name, value, declaration);
    values[name] = value;
  }
  return values;
}

function defaultOf(name: string, declaration: JsonObject, scope: Scope): Json {
  if (declaration['defaultValue'] !== undefined) return evaluated(declaration['defaultValue'], scope);
  if (declaration['nullable'] === true) return null;
  throw invalidTemplate(`The value for the template parameter '${name}' is not provided`);
}

function check(name: string, value: Json, declaration: JsonObject): void {
  if (value === RUNTIME || (value === null && declaration['nullable'] === true)) return;
  const type = asText(declaration['type'] ?? '').toLowerCase();
  // A declared type of the template's own (`$ref`) is Bicep's to check.
  if (type !== '' && typeOf(value) !== type.replace('secure', ''))
    throw invalidTemplate(
      `The provided value for the template parameter '${name}' is not valid. Expected a value of type '${type}', but received a value of type '${typeOf(value)}'`,
    );
  const allowed = declaration['allowedValues'];
  if (Array.isArray(allowed) && !(allowed as readonly Json[]).includes(value))
    throw invalidTemplate(
      `The provided value '${asText(value)}' for the template parameter '${name}' is not valid. The value is not part of the allowed value(s): '${allowed.join(',')}'`,
    );
  const size = typeof value === 'number' ? value : (value as { readonly length?: number }).length;
  const [least, most] = typeof value === 'number' ? ['minValue', 'maxValue'] : ['minLength', 'maxLength'];
  for (const [limit, broken] of [
    [least, (bound: number) => size !== undefined && size < bound],
    [most, (bound: number) => size !== undefined && size > bound],
  ] as const) {
    const bound = declaration[limit ?? ''];
    if (typeof bound === 'number' && broken(bound))
      throw invalidTemplate(
        `The provided value for the template parameter '${name}' is not valid: its ${limit ?? ''} is ${bound}, and '${asText(value)}' breaks it`,
      );
  }
}

function typeOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  const types: Readonly<Record<string, string>> = {
    boolean: 'bool',
    number: 'int',
    string: 'string',
    object: 'object',
  };
  return types[typeof value] ?? 'object';
}
