import { randomUUID } from 'node:crypto';
import { ArmError } from '../errors.ts';
import { asText, at, compact, objectAt, objectsAt, omit, sameJson, stringAt, type JsonObject } from '../json.ts';
import { parsePath, sameId } from '../resourceId.ts';
import type { Change, Resource } from '../store.ts';
import { coresInUse } from './coresInUse.ts';
import { normalLocation } from './names.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { virtualMachineOf } from './subnetUsers.ts';
import { virtualMachineShape } from './virtualMachineShapes.ts';
import { vmSize } from './vmSizes.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';
const DISK_TYPE = 'Microsoft.Compute/disks';
/** Names that no administrator of a Linux machine may have (https://learn.microsoft.com/azure/virtual-machines/linux/faq). */
const reservedUsers =
  /^(root|admin|administrator|user\d?|test\d?|guest|console|sys|support_388945a0|[\d]+|a|actuser|adm|aspnet|backup|david|john|owner|server|sql|support|video)$/i;

/** Linux machines from an image of the marketplace, with a managed OS disk. */
export const virtualMachines: ResourceType = {
  type: TYPE,
  shape: virtualMachineShape,
  children: [],
  busy: 'AnotherOperationInProgress',
  checkName(name) {
    if (/^[A-Za-z0-9]([\w.-]{0,62}[A-Za-z0-9])?$/.test(name)) return;
    throw refused(
      'InvalidParameter',
      `The entity name '${name}' is invalid according to its validation rule.`,
      'vmName',
    );
  },
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    checkSize(write, sent);
    checkInterfaces(write, sent);
    if (write.before === undefined) checkOsProfile(sent);
    else checkUnchanged(write.before, write.sent);
    const { osProfile, ...rest } = omit(sent, 'provisioningState', 'instanceView');
    const body = {
      ...compact({ name: write.name, id: write.id, type: TYPE, location: write.location }),
      ...compact(omit(write.sent, 'name', 'id', 'etag', 'type', 'location', 'properties')),
      properties: compact({
        ...rest,
        vmId: at(write.before, 'properties', 'vmId') ?? randomUUID(),
        // What is secret or only for the first boot is never answered.
        osProfile: write.before === undefined ? shownProfile(osProfile) : at(write.before, 'properties', 'osProfile'),
        storageProfile: storageProfile(write, sent),
      }),
    };
    return {
      body,
      kind: write.before === undefined ? 'virtualMachines.create' : 'virtualMachines.update',
      ...(write.before === undefined && { provisioningState: 'Creating' }),
      dependencies: interfacesOf(write.sent),
    };
  },
  complete: (body, world) => ({ body, also: osDisk(body, world) }),
  deleteKind: () => 'virtualMachines.delete',
  belongings: ({ body }) => {
    const disk = objectAt(body, 'properties', 'storageProfile', 'osDisk');
    return disk['deleteOption'] === 'Delete' ? [stringAt(disk, 'managedDisk', 'id') ?? ''] : [];
  },
};

const refused = (code: string, message: string, target?: string, status = 400): ArmError =>
  new ArmError(status, code, message, target === undefined ? {} : { target });

function checkSize(write: Write, sent: JsonObject): void {
  const wanted = stringAt(sent, 'hardwareProfile', 'vmSize') ?? '';
  const size = vmSize(wanted);
  if (size === undefined) {
    throw refused(
      'InvalidParameter',
      `The value ${wanted} provided for the VM size is not valid. The valid sizes in the current region are listed by az vm list-sizes.`,
      'vmSize',
    );
  }
  const before = stringAt(write.before, 'properties', 'hardwareProfile', 'vmSize');
  if (before?.toLowerCase() === wanted.toLowerCase()) return;
  for (const usage of ['cores', size.family]) {
    const limit = write.world.limit(write.location, usage);
    const used = coresInUse(write.world, write.location, usage, write.id);
    if (used + size.cores <= limit) continue;
    throw refused(
      'OperationNotAllowed',
      `Operation could not be completed as it results in exceeding approved ${usage} Cores quota. Additional details - ` +
        `Location: ${write.location}, Current Limit: ${limit}, Current Usage: ${used}, Additional Required: ${size.cores}.`,
      undefined,
      409,
    );
  }
}

function checkInterfaces(write: Write, sent: JsonObject): void {
  const ids = interfacesOf({ properties: sent });
  if (ids.length === 0) {
    throw refused('InvalidParameter', "Required parameter 'networkProfile' is missing (null).", 'networkProfile');
  }
  for (const id of ids) {
    const found = write.world.find(id);
    if (found === undefined || normalLocation(stringAt(found.body, 'location') ?? '') !== write.location) {
      throw refused(
        'InvalidResourceReference',
        `Resource ${id} referenced by resource ${write.id} was not found. Please make sure that the referenced resource ` +
          'exists, and that both resources are in the same region.',
      );
    }
    const holder = virtualMachineOf(write.world, id);
    if (holder === undefined || sameId(holder, write.id)) continue;
    throw refused('NicInUse', `Network Interface ${id} is used by existing resource ${holder}.`);
  }
}

const interfacesOf = (body: JsonObject): readonly string[] =>
  objectsAt(body, 'properties', 'networkProfile', 'networkInterfaces').map((one) => stringAt(one, 'id') ?? '');

function checkOsProfile(sent: JsonObject): void {
  const profile = objectAt(sent, 'osProfile');
  const user = stringAt(profile, 'adminUsername') ?? '';
  if (!/^[a-z_][a-z0-9_-]{0,63}$/i.test(user) || reservedUsers.test(user)) {
    throw refused('InvalidParameter', 'The Admin Username specified is not allowed.', 'adminUsername');
  }
  const linux = objectAt(profile, 'linuxConfiguration');
  const keys = objectsAt(linux, 'ssh', 'publicKeys');
  if (linux['disablePasswordAuthentication'] === true) {
    if (profile['adminPassword'] !== undefined || keys.length === 0) {
      throw refused(
        'InvalidParameter',
        'Authentication using either SSH or by user name and password must be enabled in Linux profile.',
        'linuxConfiguration',
      );
    }
  } else if (profile['adminPassword'] === undefined) {
    throw refused('InvalidParameter', "Required parameter 'adminPassword' is missing (null).", 'adminPassword');
  }
  for (const key of keys) {
    if (stringAt(key, 'path') !== `/home/${user}/.ssh/authorized_keys`) {
      throw refused(
        'InvalidParameter',
        `Destination path for SSH public keys is currently limited to its default value /home/${user}/.ssh/authorized_keys due to a known issue in Linux provisioning agent.`,
        'linuxConfiguration.ssh.publicKeys.path',
      );
    }
    if (!/^ssh-(rsa|ed25519) [A-Za-z0-9+/]+=*( .*)?$/.test(stringAt(key, 'keyData') ?? '')) {
      throw refused(
        'InvalidParameter',
        'The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.',
        'linuxConfiguration.ssh.publicKeys.keyData',
      );
    }
  }
  const data = profile['customData'];
  if (data !== undefined && !/^[A-Za-z0-9+/]+=*$/.test(asText(data))) {
    throw refused('InvalidParameter', 'Custom data in OSProfile must be in Base64 encoding.', 'customData');
  }
}

/** What the first boot has made of a machine stays: Azure changes none of it. */
function checkUnchanged(before: JsonObject, sent: JsonObject): void {
  const fixed = [
    ['osProfile', 'computerName'],
    ['osProfile', 'adminUsername'],
    ['osProfile', 'customData'],
    ['osProfile', 'linuxConfiguration', 'disablePasswordAuthentication'],
    ['osProfile', 'linuxConfiguration', 'ssh', 'publicKeys'],
    ['storageProfile', 'imageReference', 'publisher'],
    ['storageProfile', 'imageReference', 'offer'],
    ['storageProfile', 'imageReference', 'sku'],
    ['storageProfile', 'osDisk', 'name'],
  ];
  for (const path of fixed) {
    const wanted = at(sent, 'properties', ...path);
    if (wanted === undefined || sameJson(wanted, at(before, 'properties', ...path))) continue;
    const name = path.slice(path[1] === 'linuxConfiguration' || path[1] === 'customData' ? 1 : 0).join('.');
    throw refused('PropertyChangeNotAllowed', `Changing property '${name}' is not allowed.`, name, 409);
  }
}

function shownProfile(profile: unknown): JsonObject {
  const shown = omit(objectAt(profile), 'customData', 'adminPassword');
  return { secrets: [], allowExtensionOperations: true, requireGuestProvisionSignal: true, ...shown };
}

function storageProfile(write: Write, sent: JsonObject): JsonObject {
  const profile = objectAt(sent, 'storageProfile');
  const image = objectAt(profile, 'imageReference');
  if (write.before === undefined && image['id'] === undefined && stringAt(image, 'publisher') === undefined) {
    throw refused('InvalidParameter', "Required parameter 'imageReference' is missing (null).", 'imageReference');
  }
  const disk = objectAt(profile, 'osDisk');
  const path = parsePath(write.id);
  const name = stringAt(disk, 'name') ?? `${write.name}_OsDisk_1`;
  const group = `/subscriptions/${path?.subscription ?? ''}/resourceGroups/${path?.group ?? ''}`;
  return {
    dataDisks: [],
    ...profile,
    imageReference: { ...image, exactVersion: image['exactVersion'] ?? '24.04.202611010' },
    osDisk: {
      diskSizeGB: 30,
      deleteOption: 'Detach',
      ...disk,
      name,
      osType: 'Linux',
      managedDisk: { ...objectAt(disk, 'managedDisk'), id: `${group}/providers/${DISK_TYPE}/${name}` },
    },
  };
}

/** The disk that Azure makes from the image. */
function osDisk(machine: JsonObject, world: World): readonly Change[] {
  const disk = objectAt(machine, 'properties', 'storageProfile', 'osDisk');
  const id = stringAt(disk, 'managedDisk', 'id') ?? '';
  if (world.find(id) !== undefined) return [];
  const resource: Resource = {
    id,
    type: DISK_TYPE,
    body: {
      ...{ id, name: asText(disk['name']), type: DISK_TYPE, location: machine['location'] ?? null },
      ...compact({ tags: machine['tags'], managedBy: machine['id'] }),
      properties: { osType: 'Linux', diskSizeGB: disk['diskSizeGB'] ?? 30, provisioningState: 'Succeeded' },
    },
  };
  return [['resources', id.toLowerCase(), resource]];
}
