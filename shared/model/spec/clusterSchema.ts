import * as z from 'zod';
import { linuxSkus, networkPlugins, windowsSkus, zones } from './clusterTypes.ts';
import { cidrText, guidText, namedText, parsedText, shown, type Fault } from './fields.ts';

/** AKS takes between 10 and 250 pods per node, whatever the network plugin. */
const maxPods = z.int().min(10).max(250);
const MAX_NODES = 1000;
/** Behind one firewall: as many as have a subnet to themselves in the default address space, and in one spec a reader. */
export const MAX_CLUSTERS = 10;
/** Without the first one; AKS takes 100 in all. */
const MAX_FURTHER_POOLS = 99;

/** AKS takes no more. */
const MAX_ADMIN_GROUPS = 20;

const zoneList = z.array(z.enum(zones)).min(1).max(zones.length);

const nodeSize = namedText(/^Standard_[A-Za-z0-9_-]{1,60}$/, {
  message: 'is no size of a node',
  remedy: 'Give a VM size such as Standard_DS2_v2: `az vm list-sizes` prints them.',
});

const nodePool = z.strictObject({
  name: namedText(/^[a-z][a-z0-9]{0,11}$/, {
    message: 'is no name of a node pool',
    remedy: 'Use 1 to 12 of a-z and 0-9 (6 for Windows), starting with a letter.',
  }),
  mode: z.enum(['System', 'User']).prefault('User'),
  nodeCount: z.int().min(0).max(MAX_NODES).prefault(1),
  nodeSize: nodeSize.prefault('Standard_DS2_v2'),
  osType: z.enum(['Linux', 'Windows']).prefault('Linux'),
  osSku: z.enum([...linuxSkus, ...windowsSkus]).exactOptional(),
  maxPods: maxPods.exactOptional(),
  zones: zoneList.exactOptional(),
});

const clusterName = namedText(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/, {
  message: 'is no name of a cluster',
  remedy: "Use 1 to 63 letters, digits, '_' and '-', with a letter or digit at both ends.",
});

const identityPattern =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]{3,128}$/i;

function identityId(text: string): string | Fault {
  if (identityPattern.test(text)) return text;
  return {
    message: `"${shown(text)}" is no id of a user-assigned identity`,
    remedy: 'Give the resource id: `az identity show --query id` prints it.',
  };
}

const guid = (what: string, command: string) =>
  guidText({ message: `is no id of ${what}`, remedy: `Give the id, a GUID: \`${command}\` prints it.` });

/** The fields of a cluster. */
export const clusterFields = {
  /** The environment's name when left out. */
  name: clusterName.exactOptional(),
  nodeCount: z.int().min(1).max(MAX_NODES).prefault(3),
  nodeSize: nodeSize.prefault('Standard_DS2_v2'),
  osSku: z.enum(linuxSkus).exactOptional(),
  maxPods: maxPods.exactOptional(),
  zones: zoneList.exactOptional(),
  nodePools: z.array(nodePool).max(MAX_FURTHER_POOLS).exactOptional(),
  version: namedText(/^1\.\d{1,3}(\.\d{1,3})?$/, {
    message: 'is no Kubernetes version',
    remedy: 'Quote a version such as "1.33" or "1.33.2": `az aks get-versions` prints them.',
  }).exactOptional(),
  cni: z.enum(networkPlugins).prefault('azure'),
  identity: namedText(/^(system-assigned|user-assigned|\/.*)$/, {
    message: 'is no identity',
    remedy: 'Give system-assigned, user-assigned, or the resource id of a user-assigned identity.',
  })
    .pipe(parsedText((text) => (text.startsWith('/') ? identityId(text) : text)))
    .exactOptional(),
  kubeletIdentity: parsedText(identityId, {
    description: 'The resource id of a user-assigned identity.',
  }).exactOptional(),
  entra: z
    .strictObject({
      adminGroups: z
        .array(guid('a group', 'az ad group show --group <name> --query id'))
        .max(MAX_ADMIN_GROUPS)
        .prefault([]),
      azureRbac: z.boolean().prefault(true),
      localAccounts: z.boolean().prefault(true),
    })
    .exactOptional(),
  serviceCidr: cidrText({ widest: 13, narrowest: 28 }, 'services need a range smaller than /12').prefault(
    '10.0.0.0/16',
  ),
  podCidr: cidrText({ widest: 8, narrowest: 24 }, 'each node takes a /24 of it').exactOptional(),
  private: z.boolean().prefault(false),
  servicePrincipal: z
    .strictObject({
      clientId: guid('an application', 'az ad app list --query [].appId'),
      objectId: guid('a service principal', 'az ad sp show --id <clientId> --query id'),
      secretName: namedText(/^GATEHOUSE_SECRET_[A-Z0-9_]{1,100}$/, {
        message: 'is no name of a secret that specs may use',
        remedy: 'Name an app setting that starts with GATEHOUSE_SECRET_: no other setting may end up in a cluster.',
      }),
    })
    .exactOptional(),
};
