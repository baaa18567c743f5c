import { lastRecordedChange, type RecordedChange } from '../azure/activityLog.ts';

/** The log's clock may be ahead of this machine's; what is newest matters, not when the look began. */
const AHEAD_MS = 86_400_000;
/** Whoever changes more resources than this at once is found by the first few. */
const MAX_RESOURCES = 5;

/**
 * Who changed each resource last, where the activity log tells.
 *
 * @param resources full ARM ids, in any number
 * @param from ISO 8601: when Gatehouse itself wrote last; what is older is no cause
 * @returns by lower-case id; never throws
 */
export async function driftCauses(
  resources: readonly string[],
  from: string,
): Promise<ReadonlyMap<string, RecordedChange>> {
  const window = { from: new Date(from), to: new Date(Date.now() + AHEAD_MS) };
  const asked = [...new Set(resources.map((id) => id.toLowerCase()))].slice(0, MAX_RESOURCES);
  const found = await Promise.all(asked.map(async (id) => [id, await lastRecordedChange(id, window)] as const));
  return new Map(found.flatMap(([id, change]) => (change === undefined ? [] : [[id, change] as const])));
}
