import { apiVersions } from '../model/apiVersions.ts';
import { GatehouseError } from '../model/errors.ts';
import { isJsonObject, jsonAt } from '../model/json.ts';
import { accessToken, typedClient } from './clients.ts';
import { readResource } from './resource.ts';
import { partsOf } from './resourceParts.ts';
import { asArmError } from './restErrors.ts';

/** The AKS server application, the same in every tenant and cloud. */
const AKS_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

/**
 * The kubeconfig that Azure gives out to users of a cluster, as YAML. It holds secrets (unless the cluster uses Entra), so
 * it must reach neither a log nor an activity's input or output. The administrator's is never asked for: it is switched off
 * where local accounts are, and grants more than reading services takes.
 *
 * @param clusterId full ARM id
 * @throws ArmError, GatehouseError
 */
export async function userKubeconfig(clusterId: string): Promise<string> {
  const { subscription, resourceGroup, name } = partsOf(clusterId);
  const { ContainerServiceClient } = await import('@azure/arm-containerservice');
  const client = await typedClient(
    (credential, options) => new ContainerServiceClient(credential, subscription, options),
  );
  try {
    const { kubeconfigs } = await client.managedClusters.listClusterUserCredentials(resourceGroup, name);
    const value = kubeconfigs?.[0]?.value;
    if (value !== undefined) return Buffer.from(value).toString('utf8');
  } catch (error) {
    throw asArmError(error);
  }
  throw new GatehouseError('NoKubeconfig', `Azure gave out no kubeconfig for ${clusterId}.`);
}

/** A token of the app for the API servers of clusters that use Entra. @throws what the credential throws */
export async function kubernetesToken(): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> {
  return accessToken(AKS_SCOPE);
}

/**
 * The token on whose behalf a command runs in a cluster that uses Entra; undefined in one that doesn't, where none is asked for.
 * The cluster itself tells which it is, each time: one of the same id may have been made anew, or have been given to Entra since. AKS
 * refuses a command without a token as soon as there is an `aadProfile`: "A valid clusterToken is required to run a command in an AAD enabled cluster."
 *
 * @param clusterId full ARM id
 * @throws ArmError, and what the credential throws
 */
export async function commandToken(clusterId: string): Promise<string | undefined> {
  const cluster = await readResource(clusterId, apiVersions.containerService);
  return isJsonObject(jsonAt(cluster, 'properties', 'aadProfile')) ? (await kubernetesToken()).token : undefined;
}
