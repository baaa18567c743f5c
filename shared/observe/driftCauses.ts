import { lastRecordedChange, type RecordedChange } from '../azure/activityLog.ts';

/** Lanes wake up every quarter of an hour, so the newest change is not far from when one last did. */
const AHEAD_MS = 86_400_000;
/** Whoever changes more resources than this at once is found by the first few. */
const MAX_RESOURCES = 5;

/**
 * Who changed each resource last, where the activity log tells.
 *
 * @param resources full ARM ids, in any number
 * @param from ISO 8601: when Gatehouse itself wrote last; what is older is no cause
 * @param seen ISO 8601: when the environment's lane was last awake
 * @returns by lower-case id; never throws
 */
export async function driftCauses(
  resources: readonly string[],
  { from, seen }: { readonly from: string; readonly seen: string },
): Promise<ReadonlyMap<string, RecordedChange>> {
  const window = { from: new Date(from), to: new Date(Date.parse(seen) + AHEAD_MS) };
  const asked = [...new Set(resources.map((id) => id.toLowerCase()))].slice(0, MAX_RESOURCES);
  const found = await Promise.all(asked.map(async (id) => [id, await lastRecordedChange(id, window)] as const));
  return new Map(found.flatMap(([id, change]) => (change === undefined ? [] : [[id, change] as const])));
}
