import { aksError, invalidResourceType } from '../errors.ts';
import type { Answer } from '../http.ts';
import { compact, objectsAt, omit, stringAt, asText, type JsonObject, at } from '../json.ts';
import type { Resource } from '../store.ts';
import type { Visit } from '../visit.ts';

/** POST actions on a cluster: the kubeconfigs of user and administrator. */
export function clusterAction(visit: Visit, cluster: Resource, action: string): Answer {
  const names: Readonly<Record<string, string>> = {
    listclusterusercredential: 'clusterUser',
    listclusteradmincredential: 'clusterAdmin',
  };
  const name = names[action.toLowerCase()];
  if (name === undefined)
    throw invalidResourceType('Microsoft.ContainerService', `managedClusters/${action}`, visit.call.apiVersion);
  if (name === 'clusterAdmin' && at(cluster.body, 'properties', 'disableLocalAccounts') === true) {
    const message = 'Getting static credential is not allowed because this cluster is set to disable local accounts.';
    throw aksError(400, 'BadRequest', message);
  }
  return {
    status: 200,
    body: { kubeconfigs: [{ name, value: Buffer.from(kubeconfig(cluster.body, name)).toString('base64') }] },
  };
}

/** Agent pools as resources of their own, to be read; they are written with the cluster. */
export function clusterChild(visit: Visit, cluster: Resource, childType: string, name: string | undefined): Answer {
  if (childType.toLowerCase() !== 'agentpools' || visit.request.method !== 'GET') {
    throw invalidResourceType('Microsoft.ContainerService', `managedClusters/${childType}`, visit.call.apiVersion);
  }
  const pools = objectsAt(cluster.body, 'properties', 'agentPoolProfiles').map((pool) => poolBody(cluster, pool));
  if (name === undefined) return { status: 200, body: { value: pools } };
  const pool = pools.find((candidate) => candidate['name'] === name.toLowerCase());
  if (pool !== undefined) return { status: 200, body: pool };
  throw aksError(404, 'NotFound', `Could not find the agentpool: ${name}`, '', 'AgentPoolNotFound');
}

function poolBody({ body }: Resource, pool: JsonObject): JsonObject {
  const name = asText(pool['name']);
  return compact({
    id: `${asText(body['id'])}/agentPools/${name}`,
    name,
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    properties: omit(pool, 'name'),
  });
}

/** YAML is a superset of JSON, so this is a kubeconfig. */
function kubeconfig(cluster: JsonObject, user: string): string {
  const name = asText(cluster['name']);
  const host = stringAt(cluster, 'properties', 'privateFQDN') ?? stringAt(cluster, 'properties', 'fqdn') ?? '';
  const userName = `${user}_${name}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `https://${host}:443` } }],
    users: [{ name: userName, user: {} }],
    contexts: [{ name, context: { cluster: name, user: userName } }],
    'current-context': name,
  });
}
