import { isObject, objectAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import type { Shape } from '../../../local/azure/resources/resourceType.ts';
import { resourceTypes } from '../../../local/azure/resources/types.ts';
import { describeWithReferenceData, referenceJson } from './referenceData.ts';

const schemas = {
  'arm-schema-network-2025-07-01.json': [
    'virtualNetworks',
    'publicIPPrefixes',
    'publicIPAddresses',
    'routeTables',
    'azureFirewalls',
  ],
  'arm-schema-aks-2026-05-01.json': ['managedClusters'],
};
/** What belongs to templates, not to the REST API. */
const templateOnly = ['apiVersion', 'resources', 'dependsOn', 'comments', 'copy', 'scope', 'condition'];

/** The schema behind references and the `oneOf` that lets a template have an expression in place of anything. */
function resolved(schema: Json | undefined, root: JsonObject): JsonObject {
  if (!isObject(schema)) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    return reference.startsWith('#/definitions/')
      ? resolved(objectAt(root, 'definitions')[reference.slice(14)], root)
      : {};
  }
  if (Array.isArray(schema['oneOf'])) return resolved((schema['oneOf'] as Json[])[0], root);
  if (schema['type'] === 'array') return resolved(schema['items'], root);
  return schema;
}

/** The paths of properties that the schema has and the shape refuses. */
function refused(shape: Shape, schema: Json | undefined, root: JsonObject, path: string): string[] {
  if (shape === true) return [];
  return Object.entries(objectAt(resolved(schema, root), 'properties')).flatMap(([name, inner]) => {
    if (path === '' && templateOnly.includes(name)) return [];
    const known = shape[name];
    return known === undefined ? [`${path}${name}`] : refused(known, inner, root, `${path}${name}.`);
  });
}

describe.each(Object.entries(schemas))('%s', (file, types) => {
  describeWithReferenceData(file, 'a documented property is never refused', () => {
    test.each(types)('of %s', (name) => {
      const root = referenceJson(file) as JsonObject;
      const type = [...resourceTypes.values()].find((candidate) => candidate.type.endsWith(`/${name}`));
      expect(
        type === undefined ? undefined : refused(type.shape, objectAt(root, 'resourceDefinitions')[name], root, ''),
      ).toEqual([]);
    });
  });
});
