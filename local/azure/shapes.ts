import { aksError, networkError, type ArmError } from './errors.ts';
import { isObject, objectsAt, type Json } from './json.ts';
import type { ResourceType, Shape } from './resources/resourceType.ts';

/**
 * Refuses members that the resource provider does not know, with the provider's own words. Members that the stored
 * resource already has pass: somebody's newer client wrote them, so the provider knows them.
 */
export function checkShape(type: ResourceType, sent: Json, stored: Json | undefined): void {
  const unknown = firstUnknown(type.shape, sent, stored, []);
  if (unknown !== undefined) throw refusal(type, unknown);
}

function firstUnknown(
  shape: Shape,
  sent: Json,
  stored: Json | undefined,
  path: readonly string[],
): string[] | undefined {
  if (shape === true) return undefined;
  if (Array.isArray(sent)) {
    for (const [index, element] of sent.entries()) {
      const found = firstUnknown(
        shape,
        element as Json,
        counterpart(element as Json, stored, index),
        path.with(-1, `${path.at(-1) ?? ''}[${index}]`),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(sent)) return undefined;
  for (const [name, value] of Object.entries(sent)) {
    const inner = shape[name];
    const kept = isObject(stored) ? stored[name] : undefined;
    if (inner === undefined && kept === undefined) return [...path, name];
    const found =
      inner === undefined || value === undefined ? undefined : firstUnknown(inner, value, kept, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The stored element that a sent one stands for: the one of the same name, else of the same index. */
function counterpart(element: Json, stored: Json | undefined, index: number): Json | undefined {
  if (!Array.isArray(stored)) return undefined;
  const name = isObject(element) ? element['name'] : undefined;
  if (name === undefined) return stored[index] as Json | undefined;
  return objectsAt(stored).find((candidate) => candidate['name'] === name);
}

function refusal(type: ResourceType, path: readonly string[]): ArmError {
  const name = path.at(-1) ?? '';
  if (type.busy === 'OperationNotAllowed') {
    return aksError(400, 'BadRequest', `UnmarshalEntity encountered error: json: unknown field "${name}".`);
  }
  const owner = path.length < 2 ? type.type.split('/').at(-1) : path.at(-2)?.replace(/\[\d+\]$/, '');
  return networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
    {
      code: 'InvalidJson',
      message: `Could not find member '${name}' on object of type '${owner}'. Path '${path.join('.')}'.`,
    },
  ]);
}
