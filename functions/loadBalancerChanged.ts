import { app, type EventGridEvent, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { knownCluster } from './http/knownClusters.ts';
import { signalLane } from './http/laneClient.ts';
import { signalBatches } from './http/signalBatches.ts';
import { relevantChange, type ChangeRefusal } from './loadBalancerEvent.ts';

type IgnoredReason = ChangeRefusal | 'unknown-node-resource-group';

/** Events that were not for us since this process began, by reason: a flood of one kind tells of a wrong filter. */
const ignored = new Map<IgnoredReason, number>();
const batches = signalBatches();

/**
 * Registers the Event Grid function. AKS emits nothing about services; what happens is that the cloud provider writes a
 * load balancer into a node resource group. The event says only that something changed: the lane lists afresh.
 */
export function registerLoadBalancerChanged(): void {
  app.eventGrid('loadBalancerChanged', { extraInputs: [df.input.durableClient()], handler: loadBalancerChanged });
}

async function loadBalancerChanged(event: EventGridEvent, context: InvocationContext): Promise<void> {
  const change = relevantChange(event);
  if ('refused' in change) return ignore(change.refused, context);
  const client = df.getClient(context);
  const cluster = await knownCluster(client, change.nodeResourceGroupId);
  if (cluster === undefined) return ignore('unknown-node-resource-group', context);
  await batches.add(cluster.lane.name, change.id, (id) =>
    signalLane(client, cluster.lane, { kind: 'sync', id, time: new Date().toISOString(), reason: 'services' }),
  );
}

function ignore(reason: IgnoredReason, context: InvocationContext): void {
  const count = (ignored.get(reason) ?? 0) + 1;
  ignored.set(reason, count);
  context.debug(`An event was ignored (${reason}, ${count} so far).`);
}
