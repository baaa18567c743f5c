import { ensureEventSubscription, type EventsOutcome } from '../../../shared/azure/eventSubscriptions.ts';
import { pollOperation } from '../../../shared/azure/operations.ts';
import { apiVersions } from '../../../shared/model/apiVersions.ts';
import { SUBSCRIPTION, startClient, type Client } from '../../local/azure/client.ts';

/** Against local Azure, which allows one topic per source, takes its time and answers as Event Grid does. */

const SUBSCRIPTION_ID = SUBSCRIPTION.split('/')[2] ?? '';
const FUNCTION_ID = `${SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.Web/sites/gatehouse/functions/loadBalancerChanged`;

let azure: Client;
beforeEach(async () => {
  azure = await startClient();
  Object.assign(process.env, {
    GATEHOUSE_ARM_ENDPOINT: azure.azure.origin,
    IDENTITY_ENDPOINT: azure.azure.identity.endpoint,
    IDENTITY_HEADER: azure.azure.identity.header,
    GATEHOUSE_EVENTS_FUNCTION_ID: FUNCTION_ID,
    GATEHOUSE_EVENTS_RESOURCE_GROUP: 'app',
  });
  await azure.apply('PUT', `${SUBSCRIPTION}/resourceGroups/app`, { location: 'eastus' });
});
afterEach(() => azure.close());

/** Looks until nothing is left to do, and tells what was written on the way. */
async function settle(): Promise<{ readonly outcome: EventsOutcome; readonly written: readonly string[] }> {
  const written: string[] = [];
  for (let looks = 0; looks < 20; looks++) {
    const outcome = await ensureEventSubscription(SUBSCRIPTION_ID);
    if (outcome.state !== 'started' && outcome.state !== 'waiting') return { outcome, written };
    if (outcome.state === 'started') {
      written.push(outcome.operation.resourceId);
      while ((await pollOperation(outcome.operation, apiVersions.eventGrid)).status === 'running') await azure.pass(5);
    } else await azure.pass(5);
  }
  throw new Error('The event subscription never settled.');
}

test('topic and event subscription are made once, and found as they are afterwards', async () => {
  const topicId = `${SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.EventGrid/systemTopics/gatehouse-subscription-events`;
  expect(await settle()).toEqual({
    outcome: { state: 'ready', topicId },
    written: [topicId, `${topicId}/eventSubscriptions/gatehouse`],
  });
  expect(await settle()).toEqual({ outcome: { state: 'ready', topicId }, written: [] });
});

test("somebody's topic of the same source is used", async () => {
  const theirs = `${SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.EventGrid/systemTopics/audit`;
  const properties = { source: SUBSCRIPTION, topicType: 'Microsoft.Resources.Subscriptions' };
  await azure.apply('PUT', `${theirs}?api-version=${apiVersions.eventGrid}`, { location: 'global', properties });
  expect(await settle()).toEqual({
    outcome: { state: 'ready', topicId: theirs },
    written: [`${theirs}/eventSubscriptions/gatehouse`],
  });
});

test('a group that does not exist leaves events off', async () => {
  process.env['GATEHOUSE_EVENTS_RESOURCE_GROUP'] = 'gone';
  expect(await settle()).toEqual({
    outcome: { state: 'off', reason: expect.stringContaining('no group gone') },
    written: [],
  });
});
