import { lastRecordedChange } from '../../../shared/azure/activityLog.ts';
import { startArmServer, type ArmRequest, type ArmServer } from '../../support/armServer.ts';

const FIREWALL = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/azureFirewalls/f';
const WRITE = 'Microsoft.Network/azureFirewalls/write';

let arm: ArmServer;
beforeAll(async () => {
  arm = await startArmServer();
});
afterAll(() => arm.close());

const entry = (time: string, caller: string, operation = WRITE, status = 'Succeeded') => ({
  caller,
  resourceId: FIREWALL.toUpperCase(),
  eventTimestamp: time,
  operationName: { value: operation, localizedValue: 'Create or update' },
  status: { value: status, localizedValue: status },
});
const to = new Date('2026-01-10T00:00:00Z');
const window = { from: new Date('2026-01-09T00:00:00Z'), to };

test('the newest write or deletion is told, with who did it and when', async () => {
  let asked: ArmRequest | undefined;
  arm.answer((request) => {
    asked = request;
    return {
      status: 200,
      body: {
        value: [
          entry('2026-01-09T12:00:00.1234567Z', 'someone@contoso.example'),
          entry('2026-01-09T13:00:00Z', 'reader@contoso.example', 'Microsoft.Network/azureFirewalls/read'),
          entry('2026-01-09T14:00:00Z', 'refused@contoso.example', WRITE, 'Failed'),
          entry('2026-01-09T11:00:00Z', 'earlier@contoso.example'),
          { ...entry('2026-01-09T15:00:00Z', 'neighbour@contoso.example'), resourceId: `${FIREWALL}2` },
        ],
      },
    };
  });
  expect(await lastRecordedChange(FIREWALL, window)).toEqual({
    caller: 'someone@contoso.example',
    time: '2026-01-09T12:00:00.123Z',
    operation: WRITE,
  });
  expect(asked?.query.get('$filter')).toBe(
    `eventTimestamp ge '2026-01-09T00:00:00.000Z' and eventTimestamp le '2026-01-10T00:00:00.000Z' and resourceGroupName eq 'g'`,
  );
});

test('it looks no further back than the log does', async () => {
  let filter = '';
  arm.answer((request) => {
    filter = request.query.get('$filter') ?? '';
    return { status: 200, body: { value: [] } };
  });
  await lastRecordedChange(FIREWALL, { from: new Date(0), to });
  expect(filter).toContain("eventTimestamp ge '2025-10-12T00:00:00.000Z'");
});

test.each([
  ['nothing on record', { status: 200, body: { value: [] } }],
  ['entries without what is needed', { status: 200, body: { value: [{ eventTimestamp: 'never' }, 7, null] } }],
  ['no right to read it', { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'may not' } } }],
  ['no log at all', { status: 404 }],
])('%s is no answer, and no error', async (_what, answer) => {
  arm.answer(() => answer);
  expect(await lastRecordedChange(FIREWALL, window)).toBeUndefined();
});
