import { at, objectsAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { GROUP, refusal, startClient, SUBSCRIPTION, type Client } from './client.ts';

let client: Client;
beforeEach(async () => {
  client = await startClient();
  await client.apply('PUT', GROUP, { location: 'eastus' });
});
afterEach(() => client.close());

const identity = (name: Json, more: JsonObject = {}): JsonObject => ({
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  apiVersion: '2024-11-30',
  name,
  location: '[resourceGroup().location]',
  ...more,
});

const validate = (template: JsonObject, parameters: JsonObject = {}, scope = GROUP) =>
  client.send('POST', `${scope}/providers/Microsoft.Resources/deployments/d/validate`, {
    ...(scope === GROUP ? {} : { location: 'eastus' }),
    properties: { mode: 'Incremental', parameters, template: { ...(scope === GROUP ? inGroup : above), ...template } },
  });
const schemas = 'https://schema.management.azure.com/schemas';
const inGroup = { $schema: `${schemas}/2019-04-01/deploymentTemplate.json#`, contentVersion: '1.0.0.0' };
const above = { $schema: `${schemas}/2018-05-01/subscriptionDeploymentTemplate.json#`, contentVersion: '1.0.0.0' };

const ids = (body: Json) => objectsAt(body, 'properties', 'validatedResources').map(({ id }) => id);

test('a template that would be taken is answered with what it would write, and writes nothing', async () => {
  const reply = await validate(
    {
      parameters: {
        names: { type: 'array', minLength: 1 },
        suffix: { type: 'string', defaultValue: "[toLower('X')]" },
      },
      variables: {
        all: "[map(parameters('names'), lambda('n', format('{0}-{1}', lambdaVariables('n'), parameters('suffix'))))]",
      },
      resources: {
        each: identity("[variables('all')[copyIndex()]]", {
          copy: { name: 'each', count: "[length(variables('all'))]" },
        }),
        none: identity('never', { condition: "[equals(parameters('suffix'), 'y')]" }),
        after: identity('[take(uniqueString(resourceGroup().id, subscription().subscriptionId), 5)]', {
          dependsOn: ['each'],
          tags: { first: "[reference('each').principalId]", escaped: '[[not an expression]' },
        }),
      },
      outputs: {
        id: { type: 'string', value: "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'a-x')]" },
      },
    },
    { names: { value: ['a', 'b'] } },
  );
  expect(reply.status).toBe(200);
  const base = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
  expect(ids(reply.body)).toEqual([`${base}/a-x`, `${base}/b-x`, expect.stringMatching(`^${base}/[a-z]{5}$`)]);
  expect(objectsAt(await client.get(`${GROUP}/resources`), 'value')).toEqual([]);
});

test('a template of a subscription makes groups, and deploys into them', async () => {
  const nested = (group: string): JsonObject => ({
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2025-04-01',
    name: 'inner',
    resourceGroup: group,
    dependsOn: ['group'],
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: { name: { value: "[parameters('name')]" } },
      template: { ...inGroup, parameters: { name: { type: 'string' } }, resources: [identity("[parameters('name')]")] },
    },
  });
  const template = (group: string): JsonObject => ({
    parameters: { name: { type: 'string' } },
    resources: {
      group: { type: 'Microsoft.Resources/resourceGroups', apiVersion: '2025-04-01', name: 'new', location: 'eastus' },
      inner: nested(group),
    },
  });
  const taken = await validate(template('new'), { name: { value: 'i' } }, SUBSCRIPTION);
  const group = `${SUBSCRIPTION}/resourceGroups/new`;
  expect(ids(taken.body)).toEqual([group, `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`]);
  const elsewhere = await validate(template('nowhere'), { name: { value: 'i' } }, SUBSCRIPTION);
  expect(refusal(elsewhere)).toEqual([404, 'ResourceGroupNotFound']);
});

const text = { text: { type: 'string', allowedValues: ['a', 'b'] } };
test.each<[string, string, JsonObject, JsonObject?]>([
  ['a parameter that is missing', "parameter 'text' is not provided", { parameters: text, resources: [] }],
  ['one that is unknown', "'other' in the parameters file", { parameters: {}, resources: [] }, { other: { value: 1 } }],
  ['one of another type', "of type 'int'", { parameters: text, resources: [] }, { text: { value: 1 } }],
  ['a value that is not allowed', 'a,b', { parameters: text, resources: [] }, { text: { value: 'c' } }],
  [
    'a number below its limit',
    'minValue',
    { parameters: { n: { type: 'int', minValue: 2 } }, resources: [] },
    { n: { value: 1 } },
  ],
  ['an expression that does not parse', 'Unable to parse', { resources: [identity("[concat('a']")] }],
  ['an unknown function', "function 'nope'", { resources: [identity('[nope()]')] }],
  ['an unknown variable', "variable 'v' is not found", { resources: [identity("[variables('v')]")] }],
  ['a property that is not there', 'available properties are', { resources: [identity('[subscription().nope]')] }],
  ['a name that is not known yet', 'not known before', { resources: { a: identity("[reference('a').x]") } }],
  ['a name of too many parts', 'segment lengths', { resources: [identity('a/b')] }],
  ['a dependency on nothing', "'b', which 'a' depends on", { resources: { a: identity('a', { dependsOn: ['b'] }) } }],
  [
    'a reference to nothing',
    "'b' is not defined",
    { resources: { a: identity('a', { tags: { b: "[reference('b').x]" } }) } },
  ],
  ['the same resource twice', 'defined multiple times', { resources: [identity('a'), identity('A')] }],
  ['a message of its own', 'no way', { resources: [identity("[fail('no way')]")] }],
  ['no resources at all', "'resources' not found", {}],
  ['a schema of another scope', 'does not match the scope', { $schema: above.$schema, resources: [] }],
])('%s is refused as an invalid template', async (_what, message, template, ...[parameters]) => {
  const reply = await validate(template, parameters);
  expect(refusal(reply)).toEqual([400, 'InvalidTemplate']);
  expect(at(reply.body, 'error', 'message')).toContain(message);
});

test.each([
  [404, 'InvalidResourceNamespace', { type: 'Microsoft.Nothing/things' }],
  [400, 'InvalidResourceType', { type: 'Microsoft.ManagedIdentity/things' }],
  [400, 'NoRegisteredProviderFound', { apiVersion: '1999-01-01' }],
] as const)('an unknown type or version is refused: %d %s', async (status, code, wrong) => {
  expect(refusal(await validate({ resources: [identity('a', wrong)] }))).toEqual([status, code]);
});
