import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { VirtualClock } from '../../../local/clock.ts';
import { issueToken } from '../../../local/azure/auth.ts';
import { at, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { startLocalAzure, type LocalAzure, type LocalAzureOptions } from '../../../local/azure/server.ts';

export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
export const GROUP = `${SUBSCRIPTION}/resourceGroups/g`;
export const NETWORK = `${GROUP}/providers/Microsoft.Network`;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/**
 * Local Azure under virtual time with a client that speaks to it over HTTP, as a tenant's tool would; over HTTPS where local
 * Azure was started with it.
 */
export interface Client {
  readonly azure: LocalAzure;
  readonly clock: VirtualClock;
  /** Sends a request. A path without a query gets an api-version. */
  send(method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Reply>;
  /** Sends a write, polls its operation until it is done, and answers the resource as read afterwards. */
  apply(method: string, path: string, body?: Json): Promise<Json>;
  /** Polls until the operation of an accepted write has ended; answers its last body and how often it was asked. */
  finish(accepted: Reply): Promise<{ readonly status: Json | undefined; readonly polls: number }>;
  get(path: string): Promise<Json>;
  /** Lets Azure time pass. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export const aToken = issueToken(
  {
    aud: 'https://management.azure.com',
    oid: '33333333-3333-4333-8333-333333333333',
    appid: 'test',
    exp: Math.floor(Date.now() / 1000) + 3600,
  },
  3600,
);

export async function startClient(options: LocalAzureOptions & { clock?: VirtualClock } = {}): Promise<Client> {
  const clock = options.clock ?? new VirtualClock();
  const azure = await startLocalAzure({ port: 0, ...options, clock });
  const origin = azure.https?.origin ?? azure.origin;
  const distrust = azure.https === undefined ? () => undefined : trust(azure.https.authority);
  const pass = (seconds: number) =>
    new Promise<void>((resolve) => void clock.at(clock.now() + seconds * 1000, resolve));

  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const url = path.startsWith('http') ? path : `${origin}${path}`;
    const versioned = url.includes('?') || url.includes('/_local/') ? url : `${url}?api-version=2025-07-01`;
    const response = await fetch(versioned, {
      method,
      headers: { authorization: `Bearer ${aToken}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : (JSON.parse(text) as Json),
    };
  };

  const finish: Client['finish'] = async (accepted) => {
    const url = accepted.headers.get('azure-asyncoperation') ?? accepted.headers.get('location');
    if (url === null) throw new Error(`No operation to wait for: ${JSON.stringify(accepted.body)}`);
    for (let polls = 1; ; polls++) {
      const reply = await send('GET', url);
      const status = at(reply.body, 'status');
      if (reply.status !== 202 && status !== 'InProgress') return { status: status ?? reply.status, polls };
      await pass(Number(reply.headers.get('retry-after') ?? 10));
    }
  };

  const get: Client['get'] = async (path) => {
    const reply = await send('GET', path);
    if (reply.status !== 200) throw new Error(`GET ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };

  return {
    azure,
    clock,
    send,
    finish,
    get,
    pass,
    async apply(method, path, body) {
      const reply = await send(method, path, body);
      if (reply.status >= 300)
        throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
      if (reply.headers.has('azure-asyncoperation') || reply.headers.has('location')) await finish(reply);
      return method === 'DELETE' ? null : get(path);
    },
    close: () => {
      distrust();
      return azure.close();
    },
  };
}

/** Lets `fetch` believe what an authority has certified, until the returned function is called. */
function trust(authority: string): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, authority]);
  return () => setDefaultCACertificates(before);
}

/** Status and code of a refusal, whether wrapped in `error` or flat. */
export function refusal(reply: Reply): readonly [number, Json | undefined] {
  return [reply.status, at(reply.body, 'error', 'code') ?? at(reply.body, 'code')];
}

/** A group, a network with a cluster subnet and a firewall subnet, a public IP and an allocated firewall. */
export async function buildFirewall(client: Client, rules: JsonObject = {}): Promise<JsonObject> {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
  await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  await client.apply('PUT', `${NETWORK}/azureFirewalls/f`, aFirewall(rules));
  return (await client.get(`${NETWORK}/azureFirewalls/f`)) as JsonObject;
}

export function aNetwork(
  subnets: JsonObject = { nodes: '10.42.1.0/24', AzureFirewallSubnet: '10.42.2.0/24' },
): JsonObject {
  return {
    location: 'eastus',
    properties: {
      addressSpace: { addressPrefixes: ['10.42.0.0/16'] },
      subnets: Object.entries(subnets).map(([name, addressPrefix]) => ({ name, properties: { addressPrefix } })),
    },
  };
}

export function aPublicIp(): JsonObject {
  return { location: 'eastus', sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Static' } };
}

export function aFirewall(properties: JsonObject = {}): JsonObject {
  return {
    location: 'eastus',
    properties: {
      sku: { tier: 'Standard' },
      additionalProperties: { 'Network.DNS.EnableProxy': 'true' },
      ipConfigurations: [ipConfiguration('c', 'p', true)],
      ...properties,
    },
  };
}

export function ipConfiguration(name: string, publicIp: string, withSubnet = false): JsonObject {
  const subnet = { subnet: { id: `${NETWORK}/virtualNetworks/v/subnets/AzureFirewallSubnet` } };
  return {
    name,
    properties: {
      ...(withSubnet ? subnet : {}),
      publicIPAddress: { id: `${NETWORK}/publicIPAddresses/${publicIp}` },
    },
  };
}
