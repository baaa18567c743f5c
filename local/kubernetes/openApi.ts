import type { Answer } from './http.ts';
import type { JsonObject } from './json.ts';
import { resourceTypes, type ResourceType } from './resourceTypes.ts';

/**
 * As much OpenAPI as kubectl needs to find that the server validates fields itself, so that `kubectl apply` works
 * without `--validate=false`. Schemas are left out: kubectl then merges by the types built into it.
 */
export function answerOpenApi(path: string, version: string): Omit<Answer, 'status'> | undefined {
  if (path === '/openapi/v3') {
    return { body: { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } } };
  }
  if (path !== '/openapi/v3/api/v1') return undefined;
  const paths = resourceTypes.map((type) => [pathOf(type), operationsOf(type)] as const);
  return {
    body: {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: `v${version}` },
      paths: Object.fromEntries(paths),
      components: { schemas: {} },
    },
  };
}

function pathOf({ resource, namespaced }: ResourceType): string {
  return namespaced ? `/api/v1/namespaces/{namespace}/${resource}/{name}` : `/api/v1/${resource}/{name}`;
}

function operationsOf({ kind }: ResourceType): JsonObject {
  const operation = {
    parameters: [
      { name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } },
      { name: 'dryRun', in: 'query', schema: { type: 'string', uniqueItems: true } },
    ],
    responses: {},
    'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind },
  };
  return {
    patch: { ...operation, 'x-kubernetes-action': 'patch' },
    put: { ...operation, 'x-kubernetes-action': 'put' },
  };
}
