import { runCommand } from '../../../shared/azure/runCommand.ts';
import { startArmServer, type ArmRequest, type ArmServer } from '../../support/armServer.ts';

const CLUSTER = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c';

let arm: ArmServer;
beforeAll(async () => {
  arm = await startArmServer();
});
afterAll(() => arm.close());

const result = (properties: object) => ({ status: 200, body: { id: 'r', properties } });

test('a command is posted, followed to its end by the URL that ARM gave, and its output handed back', async () => {
  const asked: ArmRequest[] = [];
  let looks = 0;
  arm.answer((request) => {
    asked.push(request);
    const location = `${arm.origin}${CLUSTER}/commandResults/1?api-version=x&t=signed`;
    if (request.method === 'POST' || looks++ < 2) return { status: 202, headers: { location, 'retry-after': '0' } };
    return result({ provisioningState: 'Succeeded', exitCode: 0, logs: 'hello\n' });
  });
  const run = await runCommand(CLUSTER, 'echo hello', { deadlineSeconds: 30, clusterToken: 'entra' });
  expect(run).toEqual({ exitCode: 0, output: 'hello\n' });
  expect(arm.requests).toEqual([
    `POST ${CLUSTER}/runCommand`,
    ...Array<string>(3).fill(`GET ${CLUSTER}/commandResults/1`),
  ]);
  expect(asked[0]?.body).toEqual({ command: 'echo hello', context: '', clusterToken: 'entra' });
  expect(asked[3]?.query.get('t')).toBe('signed');
});

test('a command that failed is told by its exit code', async () => {
  arm.answer(() => result({ provisioningState: 'Succeeded', exitCode: 1, logs: 'Error' }));
  expect(await runCommand(CLUSTER, 'false', { deadlineSeconds: 30 })).toEqual({ exitCode: 1, output: 'Error' });
});

test('a command that was never run is an error', async () => {
  arm.answer(() => result({ provisioningState: 'Failed', reason: 'no node takes the pod' }));
  await expect(runCommand(CLUSTER, 'true', { deadlineSeconds: 30 })).rejects.toMatchObject({
    code: 'CommandNotRun',
    message: expect.stringContaining('no node takes the pod'),
  });
});

test('a command that does not end is given up', async () => {
  arm.answer(() => ({
    status: 202,
    headers: { location: `${arm.origin}${CLUSTER}/commandResults/1`, 'retry-after': '160' },
  }));
  await expect(runCommand(CLUSTER, 'sleep', { deadlineSeconds: 0.05 })).rejects.toMatchObject({
    code: 'CommandTimeout',
  });
});

test('a refusal is an ArmError', async () => {
  arm.answer(() => ({ status: 400, body: { code: 'BadRequest', message: 'RunCommand is disabled.' } }));
  await expect(runCommand(CLUSTER, 'true', { deadlineSeconds: 30 })).rejects.toMatchObject({ code: 'BadRequest' });
});
