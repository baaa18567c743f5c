import { asText, at, objectsAt, type Json } from '../../../local/azure/json.ts';
import { describeWithReferenceData, referenceRecords } from './referenceData.ts';
import { startClient, SUBSCRIPTION, type Client, type Reply } from './client.ts';

interface Recorded {
  readonly command: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: Json;
}

const GROUP = `${SUBSCRIPTION}/resourceGroups/aks-egress-rg`;
const NETWORK = `${GROUP}/providers/Microsoft.Network`;
const RECORDED_ADDRESS = '20.62.10.30';

/**
 * Sends the recorded requests in order. What `az` took from earlier answers is taken from ours: operation URLs and the
 * firewall's public address.
 */
async function replay(client: Client, requests: readonly Recorded[]) {
  const urls = new Map<string, string>();
  let address = RECORDED_ADDRESS;
  let accepted: Reply | undefined;
  const answers: { recorded: Recorded; reply: Reply }[] = [];
  for (const recorded of requests) {
    const text = JSON.stringify(recorded.body).replaceAll(RECORDED_ADDRESS, address);
    const body = recorded.body === null ? undefined : (JSON.parse(text) as Json);
    const poll = /\/operation(?:s|results)\//i.test(recorded.path);
    if (poll && !urls.has(recorded.path)) {
      urls.set(recorded.path, accepted?.headers.get('azure-asyncoperation') ?? accepted?.headers.get('location') ?? '');
    }
    const target = urls.get(recorded.path) ?? recorded.path;
    const last = poll && requests.findLast(({ path }) => path === recorded.path) === recorded;
    if (last && accepted !== undefined) await client.finish(accepted);
    const reply = await client.send(recorded.method, target, body);
    if (!poll && recorded.method !== 'GET' && recorded.method !== 'POST') accepted = reply;
    if (recorded.command === 'network public-ip show') address = asText(at(reply.body, 'properties', 'ipAddress'));
    answers.push({ recorded, reply });
  }
  return { answers, address };
}

describeWithReferenceData('article-requests.jsonl', "the article's commands", () => {
  const requests = referenceRecords<Recorded>('article-requests.jsonl');
  const beforeDeletion = requests.filter(({ command }) => command !== 'group delete');
  let client: Client;
  beforeEach(async () => {
    client = await startClient();
  });
  afterEach(() => client.close());

  test('are all answered as az saw them answered', async () => {
    const { answers } = await replay(client, requests);
    expect(answers.map(({ recorded, reply }) => [recorded.command, recorded.method, reply.status])).toEqual(
      requests.map(({ command, method, status }) => [command, method, status]),
    );
    expect((await client.send('GET', GROUP)).status).toBe(404);
    expect(objectsAt(await client.get('/_local/state'), 'resources')).toEqual([]);
  });

  test('are answered alike over HTTPS, and followed at URLs that say so', async () => {
    const secure = await startClient({ https: { port: 0 } });
    const { answers } = await replay(secure, requests).finally(() => secure.close());
    expect(answers.map(({ reply }) => reply.status)).toEqual(requests.map(({ status }) => status));
    const urls = answers.flatMap(({ reply }) => reply.headers.get('azure-asyncoperation') ?? []);
    expect(urls.length).toBeGreaterThan(0);
    expect(urls.filter((url) => !url.startsWith('https://localhost:'))).toEqual([]);
  });

  test('end in the environment of the article', async () => {
    const { address } = await replay(client, beforeDeletion);
    const firewall = await client.get(`${NETWORK}/azureFirewalls/aks-egress-fw`);
    const rules = (kind: string) =>
      objectsAt(firewall, 'properties', kind).map((collection) => [
        collection['name'],
        at(collection, 'properties', 'priority'),
        at(collection, 'properties', 'action', 'type'),
        objectsAt(collection, 'properties', 'rules').map((rule) => rule['name']),
      ]);
    expect(at(firewall, 'properties', 'provisioningState')).toBe('Succeeded');
    expect(at(firewall, 'properties', 'sku')).toEqual({ name: 'AZFW_VNet', tier: 'Standard' });
    expect(at(firewall, 'properties', 'threatIntelMode')).toBe('Alert');
    expect(at(firewall, 'properties', 'additionalProperties')).toEqual({ 'Network.DNS.EnableProxy': 'true' });
    expect(rules('networkRuleCollections')).toEqual([['aksfwnr', 100, 'Allow', ['apiudp', 'apitcp', 'time']]]);
    expect(rules('applicationRuleCollections')).toEqual([
      ['aksfwar', 100, 'Allow', ['fqdn']],
      ['aksfwarweb', 101, 'Allow', ['storage', 'website']],
    ]);
    expect(
      objectsAt(firewall, 'properties', 'natRuleCollections').map((collection) =>
        at(collection, 'properties', 'rules'),
      ),
    ).toEqual([
      [
        {
          name: 'inboundrule',
          protocols: ['Any'],
          sourceAddresses: ['*'],
          sourceIpGroups: [],
          destinationAddresses: [address],
          destinationPorts: ['80'],
          translatedAddress: '10.42.1.250',
          translatedPort: '80',
        },
      ],
    ]);
    expect(objectsAt(firewall, 'properties', 'ipConfigurations')).toEqual([
      expect.objectContaining({
        name: 'aks-egress-fwconfig',
        properties: {
          provisioningState: 'Succeeded',
          privateIPAddress: '10.42.2.4',
          privateIPAllocationMethod: 'Dynamic',
          publicIPAddress: { id: `${NETWORK}/publicIPAddresses/aks-egress-fwpublicip` },
          subnet: { id: `${NETWORK}/virtualNetworks/aks-egress-vnet/subnets/AzureFirewallSubnet` },
        },
      }),
    ]);

    const publicIp = await client.get(`${NETWORK}/publicIPAddresses/aks-egress-fwpublicip`);
    expect(at(publicIp, 'properties')).toMatchObject({
      provisioningState: 'Succeeded',
      ipAddress: address,
      publicIPAllocationMethod: 'Static',
      ipConfiguration: {
        id: `${NETWORK}/azureFirewalls/aks-egress-fw/azureFirewallIpConfigurations/aks-egress-fwconfig`,
      },
    });

    const network = await client.get(`${NETWORK}/virtualNetworks/aks-egress-vnet`);
    expect(at(network, 'properties', 'addressSpace')).toEqual({ addressPrefixes: ['10.42.0.0/16'] });
    expect(at(network, 'properties', 'dhcpOptions')).toEqual({ dnsServers: ['10.42.2.4'] });
    expect(
      objectsAt(network, 'properties', 'subnets').map((subnet) => [
        subnet['name'],
        at(subnet, 'properties', 'addressPrefix'),
        at(subnet, 'properties', 'routeTable', 'id'),
        objectsAt(subnet, 'properties', 'ipConfigurations').length,
      ]),
    ).toEqual([
      ['aks-subnet', '10.42.1.0/24', `${NETWORK}/routeTables/aks-egress-fwrt`, 3],
      ['AzureFirewallSubnet', '10.42.2.0/24', undefined, 1],
    ]);

    const routeTable = await client.get(`${NETWORK}/routeTables/aks-egress-fwrt`);
    expect(objectsAt(routeTable, 'properties', 'routes').map(({ name, properties }) => [name, properties])).toEqual([
      [
        'aks-egress-fwrn',
        {
          provisioningState: 'Succeeded',
          addressPrefix: '0.0.0.0/0',
          nextHopIpAddress: '10.42.2.4',
          nextHopType: 'VirtualAppliance',
          hasBgpOverride: false,
        },
      ],
      [
        'aks-egress-fwinternet',
        {
          provisioningState: 'Succeeded',
          addressPrefix: `${address}/32`,
          nextHopType: 'Internet',
          hasBgpOverride: false,
        },
      ],
    ]);
    expect(at(routeTable, 'properties', 'subnets')).toEqual([
      { id: `${NETWORK}/virtualNetworks/aks-egress-vnet/subnets/aks-subnet` },
    ]);

    const cluster = await client.get(`${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-egress`);
    expect(at(cluster, 'type')).toBe('Microsoft.ContainerService/ManagedClusters');
    expect(at(cluster, 'identity', 'type')).toBe('SystemAssigned');
    expect(at(cluster, 'properties')).toMatchObject({
      provisioningState: 'Succeeded',
      nodeResourceGroup: 'MC_aks-egress-rg_aks-egress_eastus',
      agentPoolProfiles: [
        {
          name: 'nodepool1',
          count: 3,
          vmSize: 'Standard_DS2_v2',
          osDiskSizeGB: 128,
          provisioningState: 'Succeeded',
          vnetSubnetID: `${NETWORK}/virtualNetworks/aks-egress-vnet/subnets/aks-subnet`,
        },
      ],
      networkProfile: {
        networkPlugin: 'azure',
        outboundType: 'userDefinedRouting',
        loadBalancerSku: 'Standard',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIP: '10.0.0.10',
      },
      // The article's own update replaces the list: the firewall's address is gone.
      apiServerAccessProfile: { authorizedIPRanges: ['20.1.2.3/32'] },
    });
    expect(at(cluster, 'properties', 'identityProfile', 'kubeletidentity', 'resourceId')).toContain(
      '/aks-egress-agentpool',
    );
  });

  test('take as long, one after the other, as their medians add up to', async () => {
    const start = client.clock.now();
    await replay(client, beforeDeletion);
    const log = objectsAt(await client.get('/_local/requests'), 'requests');
    const seconds = log.reduce((sum, { operationSeconds }) => sum + Number(operationSeconds ?? 0), 0);
    const allocation = 322 + 7 * 240;
    const cluster = 308 + 90;
    const rest = 2 + 4 + 3 + 3 + 2 + 4 + 10 + 10 + 10 + 3;
    expect(seconds).toBe(allocation + cluster + rest);
    expect((client.clock.now() - start) / 1000).toBeGreaterThanOrEqual(seconds);
  });
});
