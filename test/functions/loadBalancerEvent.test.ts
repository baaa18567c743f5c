import fc from 'fast-check';
import { relevantChange } from '../../functions/loadBalancerEvent.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/MC_shop-rg_shop_eastus';
const SUBJECT = `${GROUP}/providers/Microsoft.Network/loadBalancers/kubernetes`;
const event = (changes: object = {}, data: object = {}) => ({
  id: 'e1',
  subject: SUBJECT,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  data: { operationName: 'Microsoft.Network/loadBalancers/write', ...data },
  ...changes,
});

test('a written load balancer is a change of its node resource group, whatever the case', () => {
  const expected = { id: 'e1', nodeResourceGroupId: GROUP.toLowerCase() };
  expect(relevantChange(event())).toEqual(expected);
  expect(relevantChange(event({ subject: SUBJECT.toUpperCase() }))).toEqual(expected);
  expect(relevantChange(event({ eventType: 'MICROSOFT.RESOURCES.RESOURCEWRITESUCCESS' }))).toEqual(expected);
  expect(relevantChange(event({}, { operationName: 'MICROSOFT.NETWORK/LOADBALANCERS/DELETE' }))).toEqual(expected);
});

test('so is one in the schema of CloudEvents, and a network security group', () => {
  const { eventType, ...rest } = event();
  expect(relevantChange({ ...rest, type: eventType })).toHaveProperty('nodeResourceGroupId');
  const subject = `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/agentpool`;
  const data = { operationName: 'Microsoft.Network/networkSecurityGroups/write' };
  expect(relevantChange(event({ subject }, data))).toHaveProperty('nodeResourceGroupId');
});

test.each<[string, unknown, string]>([
  ['no event', 'hello', 'malformed'],
  ['an event without data', { id: 'e1', subject: SUBJECT }, 'malformed'],
  ['an endless id', event({ id: 'x'.repeat(201) }), 'malformed'],
  ['another type', event({ eventType: 'Microsoft.Storage.BlobCreated' }), 'other-event-type'],
  ['a failed write', event({ eventType: 'Microsoft.Resources.ResourceWriteFailure' }), 'other-event-type'],
  ['another operation', event({}, { operationName: 'Microsoft.Network/publicIPAddresses/write' }), 'other-operation'],
  ['another resource', event({ subject: `${GROUP}/providers/Microsoft.Compute/disks/d` }), 'other-resource'],
  ['a path that goes on', event({ subject: `${SUBJECT}/../../x` }), 'other-resource'],
  ['no subscription id', event({ subject: SUBJECT.replace(/0{8}-[^/]+/, 'mine') }), 'other-resource'],
])('%s is refused', (_what, given, refused) => {
  expect(relevantChange(given)).toEqual({ refused });
});

test('nothing that may be sent makes it throw', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (anything, text) => {
      for (const given of [anything, event({ subject: text }), event({ data: anything }), event({ id: anything })]) {
        expect(Object.keys(relevantChange(given)).length).toBeGreaterThan(0);
      }
    }),
  );
});
