import { app, type EventGridEvent, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { redacted } from '../shared/redact.ts';
import { settings } from '../shared/settings.ts';
import { count, observe } from '../shared/telemetry/instruments.ts';
import { boundToScope } from '../shared/telemetry/scope.ts';
import { audit } from './audit.ts';
import { knownCluster } from './http/knownClusters.ts';
import { signalLane } from './http/laneClient.ts';
import { signalBatches } from './http/signalBatches.ts';
import { relevantChange, type ChangeRefusal } from './loadBalancerEvent.ts';

type IgnoredReason = ChangeRefusal | 'unknown-node-resource-group';

/** Reasons that tell of a subscription which nobody of this app has made, or of events that nobody has sent. */
const suspicious: readonly IgnoredReason[] = ['malformed', 'other-topic', 'other-subscription'];

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
  measureAge(event);
  const change = relevantChange(event, settings());
  if ('refused' in change) return ignore(change.refused, context);
  const client = df.getClient(context);
  const cluster = await knownCluster(client, change.nodeResourceGroupId);
  if (cluster === undefined) return ignore('unknown-node-resource-group', context);
  await batches.add(
    cluster.lane.name,
    change.id,
    boundToScope(async (id: string) => {
      await signalLane(client, cluster.lane, { kind: 'sync', id, time: new Date().toISOString(), reason: 'services' });
      audit(context, {
        actor: { kind: 'event', id: redacted(id) },
        act: 'syncEnvironment',
        environment: cluster.lane.name,
        outcome: 'signalled',
      });
    }),
  );
  count('gatehouse_events_total', { outcome: 'signalled' });
}

/** Old events tell of a subscription that could not deliver for a while. */
function measureAge({ eventTime }: EventGridEvent): void {
  const seconds = (Date.now() - Date.parse(eventTime)) / 1000;
  if (!Number.isNaN(seconds)) observe('gatehouse_event_age_seconds', {}, Math.max(0, seconds));
}

/** What is merely not for us is told for who looks for it; what should not have come is told now and then. */
function ignore(reason: IgnoredReason, context: InvocationContext): void {
  count('gatehouse_events_total', { outcome: reason });
  const times = (ignored.get(reason) ?? 0) + 1;
  ignored.set(reason, times);
  const message = `An event was ignored (${reason}, ${times} so far).`;
  if (suspicious.includes(reason) && isPowerOfTen(times)) context.warn(message);
  else context.debug(message);
}

const isPowerOfTen = (count: number): boolean => Number.isInteger(Math.log10(count));
