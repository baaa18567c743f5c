import { coresInUse } from './coresInUse.ts';
import { aksError } from '../errors.ts';
import { asText, at, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { kubernetesVersions } from './kubernetesVersions.ts';
import { checkAuthorizedRanges, checkOutboundType, checkRanges, subnetOf } from './managedClusterNetworkChecks.ts';
import { checkIdentity } from './managedClusterIdentityChecks.ts';
import type { Write } from './resourceType.ts';
import { vmSize } from './vmSizes.ts';

/** Throws the refusal that AKS has for the first fault in a cluster; `properties` has its defaults filled in. */
export function checkCluster(write: Write, properties: JsonObject): void {
  const version = stringAt(properties, 'kubernetesVersion') ?? '';
  // A cluster may stay on a version that new ones can't have any more.
  if (version !== stringAt(write.before, 'properties', 'kubernetesVersion')) checkKubernetesVersion(version);
  checkPools(write, properties);
  checkIdentity(write, properties);
  checkOutboundType(write, properties);
  checkRanges(write, properties);
  checkAuthorizedRanges(properties);
}

function checkKubernetesVersion(version: string): void {
  if (kubernetesVersions.some((known) => known === version || known.startsWith(`${version}.`))) return;
  throw aksError(
    400,
    'K8sVersionNotSupported',
    `Managed cluster version ${version} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region.`,
    'kubernetesVersion',
  );
}

function checkPools(write: Write, properties: JsonObject): void {
  const pools = objectsAt(properties, 'agentPoolProfiles');
  if (!pools.some((pool) => pool['mode'] === 'System')) {
    throw aksError(400, 'InvalidParameter', 'Must define at least one system pool.', 'agentPoolProfiles');
  }
  const needed = new Map<string, number>();
  for (const pool of pools) {
    const name = stringAt(pool, 'name') ?? '';
    if (!/^[a-z][a-z0-9]{0,11}$/.test(name)) {
      throw aksError(
        400,
        'InvalidParameter',
        `Agent pool name '${name}' is invalid: up to 12 lower-case letters and digits that start with a letter.`,
        'agentPoolProfile.name',
      );
    }
    const size = vmSize(stringAt(pool, 'vmSize') ?? '');
    if (size === undefined) {
      throw aksError(
        400,
        'BadRequest',
        `The VM size of ${asText(pool['vmSize'])} is not allowed in your subscription in location '${write.location}'.`,
        'agentPoolProfile.vmSize',
      );
    }
    const count = at(pool, 'count');
    const least = pool['mode'] === 'System' ? 1 : 0;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < least || count > 1000) {
      throw aksError(
        400,
        'InvalidParameter',
        `The value of parameter agentPoolProfile.count is invalid: ${asText(count)}.`,
        'agentPoolProfile.count',
      );
    }
    for (const usage of [size.family, 'cores']) needed.set(usage, (needed.get(usage) ?? 0) + count * size.cores);
    checkSubnet(write, pool);
    checkPlatform(pool, properties);
  }
  for (const [usage, cores] of needed) {
    const free = write.world.limit(write.location, usage) - coresInUse(write.world, write.location, usage, write.id);
    if (cores <= free) continue;
    throw aksError(
      400,
      'ErrCode_InsufficientVCPUQuota',
      `Insufficient vcpu quota requested ${cores}, remaining ${free} for family ${usage} for region ${write.location}.`,
    );
  }
}

/** Windows nodes are for applications alone, have short names, and no kubenet. */
function checkPlatform(pool: JsonObject, properties: JsonObject): void {
  const name = stringAt(pool, 'name') ?? '';
  const refuse = (message: string, target: string) => aksError(400, 'InvalidParameter', message, target);
  const maxPods = pool['maxPods'];
  if (typeof maxPods === 'number' && (maxPods < 10 || maxPods > 250)) {
    throw refuse(`The value of parameter agentPoolProfile.maxPods is invalid: ${maxPods}.`, 'agentPoolProfile.maxPods');
  }
  const isWindows = pool['osType'] === 'Windows';
  const sku = stringAt(pool, 'osSKU') ?? '';
  if (isWindows !== sku.startsWith('Windows')) {
    throw refuse(
      `The OS SKU ${sku} is not allowed for the OS type ${asText(pool['osType'])}.`,
      'agentPoolProfile.osSKU',
    );
  }
  if (!isWindows) return;
  if (name.length > 6) {
    throw refuse(`Windows agent pool name '${name}' can not be longer than 6 characters.`, 'agentPoolProfile.name');
  }
  if (pool['mode'] === 'System') {
    throw refuse('System node pools must be of OS type Linux.', 'agentPoolProfile.mode');
  }
  if (stringAt(properties, 'networkProfile', 'networkPlugin') === 'kubenet') {
    throw aksError(
      400,
      'AzureCNIOnlyForWindows',
      'Windows agent pools can only be added to AKS clusters using Azure-CNI.',
      'networkProfile.networkPlugin',
    );
  }
}

function checkSubnet(write: Write, pool: JsonObject): void {
  const subnet = stringAt(pool, 'vnetSubnetID');
  if (subnet !== undefined && subnetOf(write.world, subnet) === undefined) {
    throw aksError(
      400,
      'VnetNotFound',
      `Subnet ${subnet} was not found. Please make sure that the virtual network and the subnet exist.`,
      'agentPoolProfile.vnetSubnetID',
    );
  }
}
