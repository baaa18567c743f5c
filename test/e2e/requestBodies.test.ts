import { runArticleWithService } from '../../local/article.ts';
import { startLocalAzure } from '../../local/azure/server.ts';
import { VirtualClock } from '../../local/clock.ts';
import { LOCAL_SUBSCRIPTION } from '../../local/cloud.ts';
import { describeWithReferenceData } from '../local/azure/referenceData.ts';
import { bodyJudge } from '../support/armSchemas.ts';
import { startTestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, NETWORK } from '../support/shop.ts';
import { writtenBodies } from '../support/writtenBodies.ts';

const schemas = 'arm-schema-network-2025-07-01.json';

describeWithReferenceData(schemas, "Azure's own schemas judge a body", () => {
  const rule = { name: 'web', protocols: ['TCP'], sourceAddresses: ['*'], translatedPort: '80' };
  const firewall = (properties: object, rest: object = {}) => ({ location: 'eastus', properties, ...rest });
  const withRule = (changed: object) =>
    firewall({
      natRuleCollections: [{ name: 'shop', properties: { priority: 100, rules: [{ ...rule, ...changed }] } }],
    });
  const told = (requestBody: unknown, path = FIREWALL) =>
    bodyJudge()?.({ method: 'PUT', path, requestBody })?.violations.map(({ text }) => text);

  test('and take a valid one', () => {
    expect(told(withRule({}))).toEqual([]);
  });

  test('and find a misspelt property wherever it is', () => {
    expect(told(firewall({}, { tag: {} }))).toEqual(['the body has the unknown property "tag"']);
    expect(told(firewall({ threatIntelligenceMode: 'Alert' }))).toEqual([
      'properties has the unknown property "threatIntelligenceMode"',
    ]);
    expect(told(withRule({ destinationPort: '80' }))).toEqual([
      'properties.natRuleCollections[0].properties.rules[0] has the unknown property "destinationPort"',
    ]);
  });

  test('and find a wrong type, a wrong value and no body at all', () => {
    expect(told(withRule({ translatedPort: 80 }))).toEqual([
      'properties.natRuleCollections[0].properties.rules[0].translatedPort should be string',
    ]);
    expect(told(withRule({ protocols: ['SCTP'] }))).toEqual([
      expect.stringContaining('protocols[0] should be equal to one of the allowed values'),
    ]);
    expect(told(undefined)).toEqual(['the body should be object']);
    expect(told({ properties: { addressPrefix: '0.0.0.0/0' } }, `${NETWORK}/routeTables/t/routes/r`)).toEqual([
      expect.stringContaining('nextHopType'),
    ]);
  });

  test('and one that they refuse fails the test in which the app has sent it', () => {
    const bodies = writtenBodies();
    bodies.add({ method: 'PUT', path: FIREWALL, requestBody: firewall({}) });
    bodies.requireValid();
    bodies.add({ method: 'PUT', path: FIREWALL, requestBody: firewall({ dnsProxy: true }) });
    expect(() => bodies.requireValid()).toThrow(`PUT ${FIREWALL}: properties has the unknown property "dnsProxy"`);
  });
});

describeWithReferenceData(schemas, "Azure's own schemas take", () => {
  /** Resource groups, role assignments and what is Event Grid's are in none of the schemas. */
  test('everything that the app writes from creation to deletion, of these types', async () => {
    const cloud = await startTestCloud();
    const shop = await createShop(cloud);
    await shop.apply('web');
    await shop.until(({ counts }) => counts.publications === 1);
    // Without its route table, the subnet is written alone.
    await cloud.control('PUT', `/state${NETWORK}/virtualNetworks/shop-vnet/subnets/aks-subnet`, {
      properties: { routeTable: null },
    });
    await shop.sync();
    await cloud.call('PUT', '/environments/shop/grants/alice', { cidr: '198.51.100.7/32' });
    await cloud.call('DELETE', '/environments/shop');
    await cloud.untilState('shop', 'deleted', 'failed');
    await cloud.close();
    expect(cloud.bodies.types()).toEqual([
      'Microsoft.ContainerService/managedClusters',
      'Microsoft.Network/azureFirewalls',
      'Microsoft.Network/publicIPAddresses',
      'Microsoft.Network/routeTables',
      'Microsoft.Network/virtualNetworks',
      'Microsoft.Network/virtualNetworks/subnets',
    ]);
  });

  test("the article's commands that creation is compared with", async () => {
    const clock = new VirtualClock();
    const bodies = writtenBodies();
    const subscriptions = [LOCAL_SUBSCRIPTION];
    const azure = await startLocalAzure({ port: 0, clock, subscriptions, onRequest: bodies.add });
    await runArticleWithService(azure, clock);
    await azure.close();
    bodies.requireValid();
    expect(bodies.types()).toEqual([
      'Microsoft.ContainerService/managedClusters',
      'Microsoft.Network/azureFirewalls',
      'Microsoft.Network/publicIPAddresses',
      'Microsoft.Network/routeTables',
      'Microsoft.Network/routeTables/routes',
      'Microsoft.Network/virtualNetworks',
      'Microsoft.Network/virtualNetworks/subnets',
    ]);
  });
});
