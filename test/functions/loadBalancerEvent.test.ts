import fc from 'fast-check';
import { relevantChange } from '../../functions/loadBalancerEvent.ts';

const TOPIC = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
const scopes = { subscription: TOPIC.slice('/subscriptions/'.length), allowedScopes: [] };
const judged = (given: unknown) => relevantChange(given, scopes);
const GROUP = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/MC_shop-rg_shop_eastus';
const SUBJECT = `${GROUP}/providers/Microsoft.Network/loadBalancers/kubernetes`;
const event = (changes: object = {}, data: object = {}) => ({
  id: 'e1',
  topic: TOPIC,
  subject: SUBJECT,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  data: { operationName: 'Microsoft.Network/loadBalancers/write', ...data },
  ...changes,
});

test('a written load balancer is a change of its node resource group, whatever the case', () => {
  const expected = { id: 'e1', nodeResourceGroupId: GROUP.toLowerCase() };
  expect(judged(event())).toEqual(expected);
  expect(judged(event({ subject: SUBJECT.toUpperCase() }))).toEqual(expected);
  expect(judged(event({ eventType: 'MICROSOFT.RESOURCES.RESOURCEWRITESUCCESS' }))).toEqual(expected);
  expect(judged(event({}, { operationName: 'MICROSOFT.NETWORK/LOADBALANCERS/DELETE' }))).toEqual(expected);
});

test('so is one in the schema of CloudEvents, and a network security group', () => {
  const { eventType, topic, ...rest } = event();
  expect(judged({ ...rest, type: eventType, source: topic.toUpperCase() })).toHaveProperty('nodeResourceGroupId');
  const subject = `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/agentpool`;
  const data = { operationName: 'Microsoft.Network/networkSecurityGroups/write' };
  expect(judged(event({ subject }, data))).toHaveProperty('nodeResourceGroupId');
});

test.each<[string, unknown, string]>([
  ['no event', 'hello', 'malformed'],
  ['an event without data', { id: 'e1', subject: SUBJECT }, 'malformed'],
  ['an event of nowhere', event({ topic: undefined }), 'other-topic'],
  ['an event of another subscription', event({ topic: TOPIC.replace('aa', 'ab') }), 'other-topic'],
  ['an event of one resource alone', event({ topic: GROUP }), 'other-topic'],
  ['a resource of another subscription', event({ subject: SUBJECT.replace('aa/', 'ab/') }), 'other-subscription'],
  ['an endless id', event({ id: 'x'.repeat(201) }), 'malformed'],
  ['another type', event({ eventType: 'Microsoft.Storage.BlobCreated' }), 'other-event-type'],
  ['a failed write', event({ eventType: 'Microsoft.Resources.ResourceWriteFailure' }), 'other-event-type'],
  ['another operation', event({}, { operationName: 'Microsoft.Network/publicIPAddresses/write' }), 'other-operation'],
  ['another resource', event({ subject: `${GROUP}/providers/Microsoft.Compute/disks/d` }), 'other-resource'],
  ['a path that goes on', event({ subject: `${SUBJECT}/../../x` }), 'other-resource'],
  ['no subscription id', event({ subject: SUBJECT.replace(/0{8}-[^/]+/, 'mine') }), 'other-resource'],
])('%s is refused', (_what, given, refused) => {
  expect(judged(given)).toEqual({ refused });
});

test('a subscription counts as ours where any scope that specs may name lies in it', () => {
  const allowedScopes = [`${TOPIC}/resourceGroups/team-rg`];
  expect(relevantChange(event(), { allowedScopes })).toHaveProperty('nodeResourceGroupId');
  expect(relevantChange(event(), { allowedScopes: [] })).toEqual({ refused: 'other-topic' });
});

test('nothing that may be sent makes it throw', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (anything, text) => {
      for (const given of [anything, event({ subject: text }), event({ data: anything }), event({ id: anything })]) {
        expect(Object.keys(judged(given)).length).toBeGreaterThan(0);
      }
    }),
  );
});
