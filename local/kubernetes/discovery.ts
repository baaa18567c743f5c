import type { Json, JsonObject } from './json.ts';
import { resourceTypes, type ResourceType } from './resourceTypes.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export interface DiscoveryAnswer {
  readonly body: JsonObject;
  readonly contentType?: string;
}

/**
 * What clients read before anything else: versions, groups and resources, in the aggregated form when asked for it.
 * Undefined for a path that is none of discovery's.
 */
export function answerDiscovery(
  path: string,
  accept: string | undefined,
  { origin, version }: { origin: string; version: string },
): DiscoveryAnswer | undefined {
  const aggregated =
    accept?.replaceAll(' ', '').includes('g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList') === true;
  switch (path) {
    case '/version':
      return { body: versionInfo(version) };
    case '/api':
      if (aggregated) return { body: aggregatedList([coreGroup()]), contentType: AGGREGATED };
      return {
        body: {
          kind: 'APIVersions',
          versions: ['v1'],
          serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: origin.replace(/^https:\/\//, '') }],
        },
      };
    case '/apis':
      if (aggregated) return { body: aggregatedList([]), contentType: AGGREGATED };
      return { body: { kind: 'APIGroupList', apiVersion: 'v1', groups: [] } };
    case '/api/v1':
      return {
        body: { kind: 'APIResourceList', groupVersion: 'v1', resources: resourceTypes.flatMap(legacyResources) },
      };
    default:
      return undefined;
  }
}

function versionInfo(version: string): JsonObject {
  const [major = '1', minor = '32'] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2025-01-01T00:00:00Z',
    goVersion: 'go1.23.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

function legacyResources(type: ResourceType): readonly Json[] {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories, hasStatus } = type;
  const main = {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    shortNames,
    ...(categories.length === 0 ? {} : { categories }),
  };
  const status = { name: `${resource}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] };
  return hasStatus ? [main, status] : [main];
}

function aggregatedList(items: readonly Json[]): JsonObject {
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function coreGroup(): JsonObject {
  return {
    metadata: {},
    versions: [
      {
        version: 'v1',
        freshness: 'Current',
        resources: resourceTypes.map((type) => {
          const responseKind = { group: '', version: 'v1', kind: type.kind };
          return {
            resource: type.resource,
            responseKind,
            scope: type.namespaced ? 'Namespaced' : 'Cluster',
            singularResource: type.singular,
            verbs: type.verbs,
            shortNames: type.shortNames,
            ...(type.categories.length === 0 ? {} : { categories: type.categories }),
            ...(type.hasStatus
              ? { subresources: [{ subresource: 'status', responseKind, verbs: ['get', 'patch', 'update'] }] }
              : {}),
          };
        }),
      },
    ],
  };
}
