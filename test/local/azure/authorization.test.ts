import { readFileSync } from 'node:fs';
import { parseCondition } from '../../../local/azure/authorization/condition.ts';
import { objectsAt, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, startClient, SUBSCRIPTION, type Client } from './client.ts';

const AUTHORIZATION = `${SUBSCRIPTION}/providers/Microsoft.Authorization`;
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const NETWORK_CONTRIBUTOR = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const SOMEBODY = '0f3c9a52-7d5e-4c5a-9a37-6d1b2f0c7e01';
const ROLE = '5a3c1f0e-8d1b-4b64-9a37-6d1b2f0c7e01';
const ASSIGNMENT = '5a3c1f0e-8d1b-4b64-9a37-6d1b2f0c7e11';
const NET = `${NETWORK}/virtualNetworks/v`;

let client: Client;
/** As the managed identity, which holds nothing but what the test assigns. */
let asIdentity: Record<string, string>;
beforeEach(async () => {
  client = await startClient();
  client.azure.assignIdentity([]);
  const { endpoint, header } = client.azure.identity;
  const query = 'resource=https://management.azure.com&api-version=2019-08-01';
  const { body } = await client.send('GET', `${endpoint}?${query}`, undefined, { 'x-identity-header': header });
  asIdentity = { authorization: `Bearer ${(body as { access_token: string }).access_token}` };
  await client.apply('PUT', GROUP, { location: 'eastus' });
});
afterEach(() => client.close());

const ask = async (method: string, path: string, body?: JsonObject) => {
  const { status, body: answer } = await client.send(method, path, body, asIdentity);
  const { code, message } = ((answer as { error?: unknown } | null)?.error ?? {}) as {
    code?: string;
    message?: string;
  };
  return { status, code, message };
};

async function defineRole(permission: object): Promise<JsonObject | undefined> {
  const properties = { roleName: 'Tester', assignableScopes: [SUBSCRIPTION], permissions: [permission as JsonObject] };
  const { status, body } = await client.send('PUT', `${AUTHORIZATION}/roleDefinitions/${ROLE}`, { properties });
  return status < 300 ? undefined : (body as JsonObject);
}

const assign = (scope: string, more: JsonObject = {}) =>
  client.send('PUT', `${scope}/providers/Microsoft.Authorization/roleAssignments/${ASSIGNMENT}`, {
    properties: {
      roleDefinitionId: `${AUTHORIZATION}/roleDefinitions/${ROLE}`,
      principalId: client.azure.identity.objectId,
      principalType: 'ServicePrincipal',
      ...more,
    },
  });

describe('whoever holds no role that allows it', () => {
  test('is refused in the words of Azure', async () => {
    const { objectId } = client.azure.identity;
    expect(await ask('PUT', NET, aNetwork())).toEqual({
      status: 403,
      code: 'AuthorizationFailed',
      message:
        `The client '22222222-2222-2222-2222-222222222222' with object id '${objectId}' does not have authorization to perform ` +
        `action 'Microsoft.Network/virtualNetworks/write' over scope '${NET}' or the scope is invalid. If access was recently ` +
        'granted, please refresh your credentials.',
    });
  });

  test('may do it where a custom role is assigned to it, and below; nowhere else', async () => {
    await defineRole({ actions: ['Microsoft.Network/*', '*/read'], notActions: ['Microsoft.Network/*/delete'] });
    expect((await assign(GROUP)).status).toBe(201);
    expect((await ask('PUT', NET, aNetwork())).status).toBe(201);
    expect((await ask('GET', GROUP)).status).toBe(200);
    expect(await ask('DELETE', NET)).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
    expect(await ask('GET', SUBSCRIPTION)).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
    expect(
      objectsAt(
        (await client.send('GET', `${GROUP}/providers/Microsoft.Authorization/permissions`, undefined, asIdentity))
          .body,
        'value',
      ),
    ).toEqual([{ actions: ['Microsoft.Network/*', '*/read'], notActions: ['Microsoft.Network/*/delete'] }]);
  });

  test.each([
    ['GET', `${SUBSCRIPTION}/locations`, 'Microsoft.Resources/subscriptions/locations/read', SUBSCRIPTION],
    [
      'GET',
      `${SUBSCRIPTION}/providers/Microsoft.Network`,
      'Microsoft.Resources/subscriptions/providers/read',
      SUBSCRIPTION,
    ],
    ['GET', `${GROUP}/resources`, 'Microsoft.Resources/subscriptions/resourceGroups/resources/read', GROUP],
    ['GET', `${NETWORK}/loadBalancers`, 'Microsoft.Network/loadBalancers/read', GROUP],
    [
      'GET',
      `${NETWORK}/firewallPolicies/p/ruleCollectionGroups`,
      'Microsoft.Network/firewallPolicies/ruleCollectionGroups/read',
      `${NETWORK}/firewallPolicies/p`,
    ],
    ['DELETE', `${NET}/subnets/s`, 'Microsoft.Network/virtualNetworks/subnets/delete', `${NET}/subnets/s`],
    [
      'POST',
      `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c/listClusterUserCredential`,
      'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
      `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`,
    ],
    [
      'GET',
      `${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values`,
      'Microsoft.Insights/eventtypes/values/read',
      `${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management`,
    ],
  ])('%s %s takes %s', async (method, path, action, scope) => {
    expect((await ask(method, path)).message).toContain(`perform action '${action}' over scope '${scope}'`);
  });
});

describe('a reference in a body takes an action on what it refers to', () => {
  const TABLE = `${NETWORK}/routeTables/t`;
  const withTable = {
    location: 'eastus',
    properties: {
      addressSpace: { addressPrefixes: ['10.42.0.0/16'] },
      subnets: [{ name: 's', properties: { addressPrefix: '10.42.9.0/24', routeTable: { id: TABLE } } }],
    },
  };

  test('without which the write is refused', async () => {
    await client.apply('PUT', TABLE, { location: 'eastus' });
    await defineRole({ actions: ['Microsoft.Network/virtualNetworks/write'], notActions: [] });
    await assign(GROUP);
    const { objectId } = client.azure.identity;
    expect(await ask('PUT', NET, withTable)).toEqual({
      status: 403,
      code: 'LinkedAuthorizationFailed',
      message:
        `The client '22222222-2222-2222-2222-222222222222' with object id '${objectId}' has permission to perform action ` +
        `'Microsoft.Network/virtualNetworks/write' on scope '${NET}'; however, it does not have permission to perform action(s) ` +
        `'Microsoft.Network/routeTables/join/action' on the linked scope(s) '${TABLE}' (respectively) or the linked scope(s) are invalid.`,
    });
    await defineRole({
      actions: ['Microsoft.Network/*/join/action', 'Microsoft.Network/virtualNetworks/write'],
      notActions: [],
    });
    expect((await ask('PUT', NET, withTable)).status).toBe(201);
  });
});

describe('the condition that limits what may be assigned', () => {
  const condition = readFileSync('infra/roles/grants.condition', 'utf8');
  const grantTo = (role: string, principalType = 'ServicePrincipal') =>
    ask('PUT', `${GROUP}/providers/Microsoft.Authorization/roleAssignments/${SOMEBODY}`, {
      properties: {
        roleDefinitionId: `${AUTHORIZATION}/roleDefinitions/${role}`,
        principalId: SOMEBODY,
        principalType,
      },
    });
  beforeEach(async () => {
    await defineRole({
      actions: ['Microsoft.Authorization/roleAssignments/*', 'Microsoft.Network/*/read'],
      notActions: [],
    });
    expect((await assign(GROUP, { condition, conditionVersion: '2.0' })).status).toBe(201);
  });

  test('lets Network Contributor be given to a managed identity and taken back', async () => {
    expect((await grantTo(NETWORK_CONTRIBUTOR)).status).toBe(201);
    const path = `${GROUP}/providers/Microsoft.Authorization/roleAssignments/${SOMEBODY}`;
    expect((await ask('DELETE', path)).status).toBe(200);
  });

  test('stops an assignment of Owner, and one to a person', async () => {
    const refused = {
      status: 403,
      code: 'AuthorizationFailed',
      message: expect.stringContaining(
        'does not have authorization or an ABAC condition not fulfilled to perform action',
      ),
    };
    expect(await grantTo(OWNER)).toEqual(refused);
    expect(await grantTo(NETWORK_CONTRIBUTOR, 'User')).toEqual(refused);
  });

  test('stops taking back what others have assigned', async () => {
    const path = `${GROUP}/providers/Microsoft.Authorization/roleAssignments/${SOMEBODY}`;
    const properties = {
      roleDefinitionId: `${AUTHORIZATION}/roleDefinitions/${OWNER}`,
      principalId: SOMEBODY,
      principalType: 'User',
    };
    expect((await client.send('PUT', path, { properties })).status).toBe(201);
    expect(await ask('DELETE', path)).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
  });

  test('leaves every other action alone', async () => {
    expect((await ask('GET', `${NETWORK}/virtualNetworks`)).status).toBe(200);
  });
});

test.each([
  ['', ''],
  ['(', ''],
  ["ActionMatches{'a'} extra", 'extra'],
  [
    '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:NumericEquals {1}',
    'NumericEquals',
  ],
  ['@Request[RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {a}', 'RoleDefinitionId'],
])('the condition %j is not taken for one', async (condition, named) => {
  expect(() => parseCondition(condition)).toThrow(SyntaxError);
  await defineRole({ actions: ['*'], notActions: [] });
  const { status, body } = await assign(GROUP, { condition, conditionVersion: '2.0' });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(named)]);
});

test.each([
  [{ actions: ['virtualNetworks/write'] }, 'InvalidActionOrNotAction'],
  [{ actions: ['Microsoft.Network/virtual networks/write'] }, 'InvalidActionOrNotAction'],
])('a role with %j is refused', async (permission, code) => {
  expect(await defineRole(permission)).toMatchObject({ error: { code } });
});

test('a custom role is listed, and its name is its own', async () => {
  await defineRole({ actions: ['*/read'], notActions: [] });
  const { body } = await client.send(
    'GET',
    `${AUTHORIZATION}/roleDefinitions?$filter=roleName%20eq%20'Tester'&api-version=2022-04-01`,
  );
  expect(objectsAt(body, 'value')).toMatchObject([{ name: ROLE, properties: { type: 'CustomRole' } }]);
  const second = { roleName: 'tester', assignableScopes: [SUBSCRIPTION], permissions: [] };
  const { status, body: refused } = await client.send('PUT', `${AUTHORIZATION}/roleDefinitions/${SOMEBODY}`, {
    properties: second,
  });
  expect([status, refused]).toMatchObject([409, { error: { code: 'RoleDefinitionWithSameNameExists' } }]);
});
