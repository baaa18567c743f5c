import type { Clock } from './clock.ts';
import { LOCAL_SUBSCRIPTION } from './cloud.ts';

type Json = Record<string, unknown>;

/** One write of the article "Use Azure Firewall to protect AKS clusters", as its `az` command sends it. */
interface ArticleWrite {
  readonly command: string;
  readonly id: string;
  readonly apiVersion: string;
  /** The body; commands that change something read it first and send it back with their change. */
  readonly body: (current: Json) => Json;
}

const group = `/subscriptions/${LOCAL_SUBSCRIPTION}/resourceGroups/aks-egress-rg`;
const network = `${group}/providers/Microsoft.Network`;
const vnet = `${network}/virtualNetworks/aks-egress-vnet`;
const publicIp = `${network}/publicIPAddresses/aks-egress-fwpublicip`;
const firewall = `${network}/azureFirewalls/aks-egress-fw`;
const routeTable = `${network}/routeTables/aks-egress-fwrt`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-egress`;
const location = 'eastus';

const write = (command: string, id: string, apiVersion: string, body: ArticleWrite['body']): ArticleWrite => ({
  command,
  id,
  apiVersion,
  body,
});

const networkWrite = (command: string, id: string, body: ArticleWrite['body']) =>
  write(command, id, '2022-01-01', body);

/** Adds a rule to a collection of the firewall, which `az` makes with the first one. */
function ruleWrite(
  command: string,
  kind: string,
  collection: string,
  priority: number,
  rule: Json,
  action = 'Allow',
): ArticleWrite {
  return networkWrite(command, firewall, (current) => {
    const properties = current['properties'] as Json;
    const collections = (properties[kind] ?? []) as { name: string; properties: Json & { rules: Json[] } }[];
    const others = collections.filter(({ name }) => name !== collection);
    const rules = collections.find(({ name }) => name === collection)?.properties.rules ?? [];
    const merged = { name: collection, properties: { priority, action: { type: action }, rules: [...rules, rule] } };
    return { ...current, properties: { ...properties, [kind]: [...others, merged] } };
  });
}

const applicationRule = (name: string, sources: string, rest: Json) => ({ name, sourceAddresses: [sources], ...rest });
const https = { protocolType: 'Https', port: 443 };

/** The article's writes up to the ready cluster, in its order. */
function articleWrites(addresses: { firewallIp: () => string; frontend: () => string }): ArticleWrite[] {
  const networkRules = 'networkRuleCollections';
  const applicationRules = 'applicationRuleCollections';
  return [
    write('az group create', group, '2021-04-01', () => ({ location })),
    networkWrite('az network vnet create', vnet, () => ({
      location,
      properties: {
        addressSpace: { addressPrefixes: ['10.42.0.0/16'] },
        subnets: [{ name: 'aks-subnet', properties: { addressPrefix: '10.42.1.0/24' } }],
      },
    })),
    networkWrite('az network vnet subnet create', `${vnet}/subnets/AzureFirewallSubnet`, () => ({
      properties: { addressPrefix: '10.42.2.0/24' },
    })),
    networkWrite('az network public-ip create', publicIp, () => ({
      location,
      sku: { name: 'Standard' },
      properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4', idleTimeoutInMinutes: 4 },
    })),
    networkWrite('az network firewall create', firewall, () => ({
      location,
      properties: { additionalProperties: { 'Network.DNS.EnableProxy': 'true' }, sku: { tier: 'Standard' } },
    })),
    networkWrite('az network firewall ip-config create', firewall, (current) => ({
      ...current,
      properties: {
        ...(current['properties'] as Json),
        ipConfigurations: [
          {
            name: 'aks-egress-fwconfig',
            properties: {
              subnet: { id: `${vnet}/subnets/AzureFirewallSubnet` },
              publicIPAddress: { id: publicIp },
            },
          },
        ],
      },
    })),
    networkWrite('az network vnet update --dns-servers', vnet, (current) => ({
      ...current,
      properties: { ...(current['properties'] as Json), dhcpOptions: { dnsServers: [addresses.firewallIp()] } },
    })),
    networkWrite('az network route-table create', routeTable, () => ({ location })),
    networkWrite('az network route-table route create', `${routeTable}/routes/aks-egress-fwrn`, () => ({
      properties: {
        addressPrefix: '0.0.0.0/0',
        nextHopType: 'VirtualAppliance',
        nextHopIpAddress: addresses.firewallIp(),
      },
    })),
    networkWrite('az network route-table route create', `${routeTable}/routes/aks-egress-fwinternet`, () => ({
      properties: { addressPrefix: `${addresses.frontend()}/32`, nextHopType: 'Internet' },
    })),
    ruleWrite('az network firewall network-rule create', networkRules, 'aksfwnr', 100, {
      name: 'apiudp',
      protocols: ['UDP'],
      sourceAddresses: ['*'],
      destinationAddresses: ['AzureCloud.eastus'],
      destinationPorts: ['1194'],
    }),
    ruleWrite('az network firewall network-rule create', networkRules, 'aksfwnr', 100, {
      name: 'apitcp',
      protocols: ['TCP'],
      sourceAddresses: ['*'],
      destinationAddresses: ['AzureCloud.eastus'],
      destinationPorts: ['9000'],
    }),
    ruleWrite('az network firewall network-rule create', networkRules, 'aksfwnr', 100, {
      name: 'time',
      protocols: ['UDP'],
      sourceAddresses: ['*'],
      destinationFqdns: ['ntp.ubuntu.com'],
      destinationPorts: ['123'],
    }),
    ruleWrite(
      'az network firewall application-rule create',
      applicationRules,
      'aksfwar',
      100,
      applicationRule('fqdn', '*', {
        protocols: [{ protocolType: 'Http', port: 80 }, https],
        fqdnTags: ['AzureKubernetesService'],
      }),
    ),
    ruleWrite(
      'az network firewall application-rule create',
      applicationRules,
      'aksfwarweb',
      101,
      applicationRule('storage', '10.42.1.0/24', {
        protocols: [https],
        targetFqdns: ['*.blob.storage.azure.net', '*.blob.core.windows.net'],
      }),
    ),
    ruleWrite(
      'az network firewall application-rule create',
      applicationRules,
      'aksfwarweb',
      101,
      applicationRule('website', '10.42.1.0/24', {
        protocols: [https],
        targetFqdns: ['ghcr.io', '*.docker.io', '*.docker.com', '*.githubusercontent.com'],
      }),
    ),
    networkWrite('az network vnet subnet update --route-table', `${vnet}/subnets/aks-subnet`, (current) => ({
      ...current,
      properties: { ...(current['properties'] as Json), routeTable: { id: routeTable } },
    })),
    write('az aks create', cluster, '2022-11-01', () => ({
      location,
      identity: { type: 'SystemAssigned' },
      properties: {
        dnsPrefix: 'aks-egress-aks-egress-rg-000000',
        agentPoolProfiles: [
          {
            name: 'nodepool1',
            count: 3,
            vmSize: 'Standard_DS2_v2',
            mode: 'System',
            osType: 'Linux',
            type: 'VirtualMachineScaleSets',
            vnetSubnetID: `${vnet}/subnets/aks-subnet`,
          },
        ],
        networkProfile: { networkPlugin: 'azure', outboundType: 'userDefinedRouting', loadBalancerSku: 'standard' },
        apiServerAccessProfile: { authorizedIPRanges: [`${addresses.frontend()}/32`] },
      },
    })),
  ];
}

/** The article's writes from the ready cluster to the service that answers, each after what it waits for. */
function publicationWrites(frontend: () => string): ArticleWrite[] {
  return [
    // It replaces the list, and cuts the nodes off thereby: the firewall's address is no longer among the ranges.
    write('az aks update --api-server-authorized-ip-ranges', cluster, '2022-11-01', (current) => ({
      ...current,
      properties: {
        ...(current['properties'] as Json),
        apiServerAccessProfile: { authorizedIPRanges: ['20.1.2.3/32'] },
      },
    })),
    ruleWrite(
      'az network firewall nat-rule create',
      'natRuleCollections',
      'exampleset',
      100,
      {
        name: 'inboundrule',
        protocols: ['Any'],
        sourceAddresses: ['*'],
        destinationAddresses: [frontend()],
        destinationPorts: ['80'],
        translatedAddress: '10.42.1.250',
        translatedPort: '80',
      },
      'Dnat',
    ),
  ];
}

/** How long one write of the article took. */
export interface ArticleTiming {
  readonly command: string;
  /** Azure seconds. */
  readonly seconds: number;
}

/**
 * Runs the article's writes one after the other, each as soon as the one before has ended, with no time lost between
 * them: the best that its commands can do. They run against a local Azure with the same latencies.
 *
 * @param azure a fresh local Azure that runs on `clock`
 * @throws Error when a write is refused, which would make the comparison worthless
 */
export async function runArticle(
  azure: { readonly origin: string; readonly identity: { readonly endpoint: string; readonly header: string } },
  clock: Clock,
): Promise<ArticleTiming[]> {
  return (await runCommands(azure, clock)).timings;
}

/**
 * Runs the article's writes as {@link runArticle} does and goes on to the service that answers: the developer's range, the
 * app, and its DNAT rule once its load balancer is there. That takes the median of local Azure's latencies; a cluster with
 * an API server isn't needed for it.
 *
 * @throws Error as `runArticle` does
 */
export async function runArticleWithService(
  azure: Parameters<typeof runArticle>[0],
  clock: Clock,
): Promise<{ readonly creation: readonly ArticleTiming[]; readonly publication: readonly ArticleTiming[] }> {
  const { timings: creation, frontend, run } = await runCommands(azure, clock);
  const [ranges, rule] = publicationWrites(() => frontend) as [ArticleWrite, ArticleWrite];
  const first = await run(ranges);
  const { latencies } = (await (await fetch(`${azure.origin}/_local/latencies`)).json()) as {
    latencies: Record<string, { default: number } | undefined>;
  };
  const seconds = latencies['loadBalancer.appear']?.default ?? 0;
  await clock.sleep(seconds * 1000);
  const deployed = { command: 'kubectl apply', seconds };
  return { creation, publication: [first, deployed, await run(rule)] };
}

async function runCommands(azure: Parameters<typeof runArticle>[0], clock: Clock) {
  const call = await caller(azure);
  let firewallIp = '';
  let frontend = '';
  const run = async (step: ArticleWrite): Promise<ArticleTiming> => {
    const url = `${step.id}?api-version=${step.apiVersion}`;
    const current = await call('GET', url);
    const began = clock.now();
    await call('PUT', url, step.body(current.body ?? {}));
    // Some answers take their time themselves (a resource group's), so only what is left of it is waited for.
    const ends = began + (await lastOperationSeconds(azure.origin)) * 1000;
    if (ends > clock.now()) await clock.sleep(ends - clock.now());
    const seconds = (clock.now() - began) / 1000;
    if (step.id === firewall) firewallIp = privateIp((await call('GET', url)).body) ?? firewallIp;
    if (step.id === publicIp) frontend = String(((await call('GET', url)).body?.['properties'] as Json)['ipAddress']);
    return { command: step.command, seconds };
  };
  const timings: ArticleTiming[] = [];
  for (const step of articleWrites({ firewallIp: () => firewallIp, frontend: () => frontend }))
    timings.push(await run(step));
  return { timings, frontend, run };
}

type Caller = (method: string, url: string, body?: Json) => Promise<{ status: number; body: Json | undefined }>;

async function caller({ origin, identity }: Parameters<typeof runArticle>[0]): Promise<Caller> {
  const query = `resource=${encodeURIComponent('https://management.azure.com')}&api-version=2019-08-01`;
  const answer = await fetch(`${identity.endpoint}?${query}`, { headers: { 'x-identity-header': identity.header } });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return async (method, url, body) => {
    const response = await fetch(`${origin}${url}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && response.status !== 404)
      throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
    return { status: response.status, body: response.ok && text !== '' ? (JSON.parse(text) as Json) : undefined };
  };
}

/** What the newest write takes, which only the stand-in knows; a real caller would have to poll for it. */
async function lastOperationSeconds(origin: string): Promise<number> {
  const log = (await (await fetch(`${origin}/_local/requests`)).json()) as {
    requests: { write: boolean; operationSeconds?: number }[];
  };
  return log.requests.findLast((request) => request.write)?.operationSeconds ?? 0;
}

function privateIp(resource: Json | undefined): string | undefined {
  const properties = resource?.['properties'] as { ipConfigurations?: { properties: { privateIPAddress?: string } }[] };
  return properties.ipConfigurations?.[0]?.properties.privateIPAddress;
}
