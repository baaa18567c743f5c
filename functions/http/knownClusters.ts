import type { DurableClient } from 'durable-functions';
import { clustersOf } from '../../shared/model/clusters.ts';
import { listLanes, type Lane } from './laneClient.ts';

/** A cluster of a live environment. */
export interface KnownCluster {
  readonly lane: Lane;
}

/** An event of a cluster that came up within this time may go unheard; the light pass finds what it told. */
const CACHE_MS = 60_000;

let cached:
  | { readonly readAt: number; readonly until: number; readonly clusters: Promise<ReadonlyMap<string, KnownCluster>> }
  | undefined;

/** What is not known is looked for again after this time: the cluster may just have been created. */
const RECHECK_MS = 5_000;

/** The cluster of a node resource group (lower-case id), if it is one of a live environment. */
export async function knownCluster(
  client: DurableClient,
  nodeResourceGroupId: string,
): Promise<KnownCluster | undefined> {
  const clusters = knownClusters(client);
  const known = (await clusters).get(nodeResourceGroupId);
  if (known !== undefined) return known;
  // Another event may have begun to look anew while this one waited: then its answer counts.
  if (cached?.clusters === clusters) {
    if (Date.now() < cached.readAt + RECHECK_MS) return undefined;
    cached = undefined;
  }
  return (await knownClusters(client)).get(nodeResourceGroupId);
}

/**
 * The clusters of all live environments by the lower-case id of their node resource group. Kept for a minute, so that a
 * storm of events asks the task hub once.
 */
function knownClusters(client: DurableClient): Promise<ReadonlyMap<string, KnownCluster>> {
  const now = Date.now();
  if (cached === undefined || cached.until <= now) {
    const clusters = readClusters(client);
    const entry = { readAt: now, until: now + CACHE_MS, clusters };
    cached = entry;
    // A failed look is not kept: the next event asks again.
    clusters.catch(() => {
      if (cached === entry) cached = undefined;
    });
  }
  return cached.clusters;
}

async function readClusters(client: DurableClient): Promise<ReadonlyMap<string, KnownCluster>> {
  const lanes = await listLanes(client);
  return new Map(
    lanes
      .flatMap((lane) => ('unreadable' in lane || !lane.live ? [] : [lane]))
      .flatMap((lane) => clustersOf(lane.state.spec).map((place) => [place.nodeResourceGroup.toLowerCase(), { lane }])),
  );
}
