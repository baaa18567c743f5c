import { aksError, invalidResourceType } from '../errors.ts';
import type { Answer } from '../http.ts';
import { commandResult, runCommand } from '../runCommand/runCommand.ts';
import { asText, at, compact, objectsAt, omit, stringAt, type JsonObject } from '../json.ts';
import type { Resource } from '../store.ts';
import type { Visit } from '../visit.ts';

/** POST actions on a cluster: the kubeconfigs of user and administrator, and commands run inside. */
export async function clusterAction(visit: Visit, cluster: Resource, action: string): Promise<Answer> {
  if (action.toLowerCase() === 'runcommand') return runCommand(visit, cluster);
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
  const config = await visit.azure.clusters?.kubeconfig(cluster.id, name === 'clusterAdmin' ? 'admin' : 'user');
  const value = Buffer.from(config ?? unreachableKubeconfig(cluster.body, name)).toString('base64');
  return { status: 200, body: { kubeconfigs: [{ name, value }] } };
}

/** Agent pools as resources of their own, to be read; they are written with the cluster. */
export async function clusterChild(
  visit: Visit,
  cluster: Resource,
  childType: string,
  name: string | undefined,
): Promise<Answer> {
  if (childType.toLowerCase() === 'commandresults' && visit.request.method === 'GET' && name !== undefined)
    return commandResult(visit, cluster, name);
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

/**
 * The kubeconfig of a cluster without an API server on this machine: it names the host that the real one would have. YAML
 * is a superset of JSON.
 */
function unreachableKubeconfig(cluster: JsonObject, user: string): string {
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
