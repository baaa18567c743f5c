import { kubernetesToken, userKubeconfig } from '../../../shared/azure/clusterCredentials.ts';
import { startArmServer, type ArmServer } from '../../support/armServer.ts';

const CLUSTER = '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c';

let arm: ArmServer;
beforeAll(async () => {
  arm = await startArmServer();
});
afterAll(() => arm.close());

test("the users' kubeconfig is asked for, never the administrator's", async () => {
  const value = Buffer.from('apiVersion: v1').toString('base64');
  arm.answer(() => ({ status: 200, body: { kubeconfigs: [{ name: 'clusterUser', value }] } }));
  expect(await userKubeconfig(CLUSTER)).toBe('apiVersion: v1');
  expect(arm.requests).toEqual([expect.stringMatching(/^POST .*\/managedClusters\/c\/listClusterUserCredential$/)]);
});

test('a refusal is an ArmError with its code', async () => {
  arm.answer(() => ({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'may not' } } }));
  await expect(userKubeconfig(CLUSTER)).rejects.toMatchObject({ name: 'ArmError', kind: 'forbidden' });
});

test('no kubeconfig is an error, not an empty text', async () => {
  arm.answer(() => ({ status: 200, body: { kubeconfigs: [] } }));
  await expect(userKubeconfig(CLUSTER)).rejects.toMatchObject({ code: 'NoKubeconfig' });
});

test('a token for the API server is one of the AKS server application', async () => {
  const { token, expiresOnTimestamp } = await kubernetesToken();
  expect(token).toBe('token for 6dae42f8-4368-4678-94ff-3960e28e3630');
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
});
