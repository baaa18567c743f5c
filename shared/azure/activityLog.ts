import { objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import { armClient } from './clients.ts';
import { partsOf } from './resourceParts.ts';

/** A write or deletion that Azure has on record. */
export interface RecordedChange {
  /** Whoever it was: a user's name, an application's id. */
  readonly caller: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** E.g. `Microsoft.Network/azureFirewalls/write`. */
  readonly operation: string;
}

const API_VERSION = '2015-04-01';
/** An activity log keeps no more, and refuses to look further back. */
const LOOK_BACK_MS = 90 * 86_400_000;

/**
 * The last change of a resource that the activity log tells of. Best effort: entries come minutes late, and whoever may
 * not read the log learns nothing.
 *
 * @param window `from`: what is older is left out, so that a change of the app's own is not taken for somebody else's
 * @returns undefined when nothing is on record or the log can't be read
 */
export async function lastRecordedChange(
  resourceId: string,
  window: { readonly from: Date; readonly to: Date },
): Promise<RecordedChange | undefined> {
  const from = new Date(Math.max(window.from.getTime(), window.to.getTime() - LOOK_BACK_MS)).toISOString();
  const to = window.to.toISOString();
  const { subscription, resourceGroup } = partsOf(resourceId);
  const path = `/subscriptions/${subscription}/providers/Microsoft.Insights/eventtypes/management/values`;
  const entries = await newestEntries(path, {
    'api-version': API_VERSION,
    $filter: `eventTimestamp ge '${from}' and eventTimestamp le '${to}' and resourceGroupName eq '${resourceGroup}'`,
    $select: 'caller,eventTimestamp,operationName,resourceId,status',
  });
  const [newest] = entries
    .filter((entry) => isAbout(entry, resourceId))
    .flatMap(changeOf)
    .toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
  return newest;
}

/** A route or a subnet is changed under its own id: the whole has changed with it. */
function isAbout(entry: JsonObject, resourceId: string): boolean {
  const id = stringAt(entry, 'resourceId')?.toLowerCase() ?? '';
  const wanted = resourceId.toLowerCase();
  return id === wanted || id.startsWith(`${wanted}/`);
}

/** The first page holds the newest. */
async function newestEntries(path: string, queryParameters: Record<string, string>): Promise<readonly JsonObject[]> {
  try {
    const client = await armClient();
    const response = await client.pathUnchecked(path).get({ queryParameters });
    return response.status === '200' ? objectsAt(response.body as JsonObject, 'value') : [];
  } catch {
    // Who did it is a courtesy of the report; without an answer the drift is reported all the same.
    return [];
  }
}

/** Looks, and what was refused, changed nothing. */
function changeOf(entry: JsonObject): readonly RecordedChange[] {
  const operation = stringAt(entry, 'operationName', 'value') ?? '';
  const status = stringAt(entry, 'status', 'value') ?? '';
  const time = new Date(stringAt(entry, 'eventTimestamp') ?? '');
  const caller = stringAt(entry, 'caller');
  if (caller === undefined || Number.isNaN(time.getTime())) return [];
  if (!/\/(write|delete)$/i.test(operation) || !/^(succeeded|accepted)$/i.test(status)) return [];
  return [{ caller, time: time.toISOString(), operation }];
}
