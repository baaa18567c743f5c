import * as z from 'zod';
import { parseArmId } from '../armId.ts';
import { adoptFixes, type AdoptedResources } from './adoptTypes.ts';
import { parsedText, shown } from './fields.ts';

const idOf = (type: string, what: string, example: string) =>
  parsedText(
    (text) =>
      parseArmId(text, type)?.id ?? {
        message: `"${shown(text)}" is no resource id of ${what}`,
        remedy: `Give the full id, as \`az ${example} show --query id\` prints it.`,
      },
    { description: `The resource id of ${what} (${type}).` },
  );

const MAX_CLUSTERS = 50;

/** The field `adopt` of a spec. */
export const adoptSchema = z.strictObject({
  firewall: idOf('Microsoft.Network/azureFirewalls', 'a firewall', 'network firewall'),
  clusters: z
    .array(idOf('Microsoft.ContainerService/managedClusters', 'a cluster', 'aks'))
    .min(1)
    .max(MAX_CLUSTERS),
  routeTable: idOf('Microsoft.Network/routeTables', 'a route table', 'network route-table').exactOptional(),
  fix: z.array(z.enum(adoptFixes)).prefault([]),
  /** The app writes it, and reads it again in a lane's spec. */
  found: z.custom<AdoptedResources>().exactOptional(),
});
