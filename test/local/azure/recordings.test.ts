import { asText, at, isObject, objectsAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { describeWithReferenceData, referenceRecords } from './referenceData.ts';
import { startClient, type Client, type Reply } from './client.ts';

interface Recorded {
  readonly command: string;
  readonly method: string;
  readonly uri: string;
  readonly body: Json;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: Json;
}

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const files = [
  'route-table.jsonl',
  'public-ip.jsonl',
  'virtual-network.jsonl',
  'firewall-rules.jsonl',
  'firewall-dns-proxy.jsonl',
  'firewall-ip-config-2021.jsonl',
];

/** Masks what no two runs have in common, and defaults that have changed since the recording. */
function masked(value: Json): Json {
  if (Array.isArray(value)) return value.map((element: Json) => masked(element));
  if (!isObject(value))
    return typeof value === 'string' ? value.replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'guid') : value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'enableVmProtection')
    .map(([name, element]) => [
      name,
      name === 'ipAddress' || name === 'privateEndpointNetworkPolicies' ? 'masked' : masked(element ?? null),
    ]);
  return Object.fromEntries(entries) as JsonObject;
}

const isPoll = ({ uri }: Recorded) => /\/operation(?:s|results)\//i.test(uri);
const isListOfAll = ({ uri }: Recorded) => /subscriptions\/[^/]+\/providers\/Microsoft\.Network\/\w+\?/.test(uri);
const isAddressCheck = ({ uri }: Recorded) => uri.includes('CheckIPAddressAvailability');

async function createGroup(client: Client, records: readonly Recorded[]): Promise<void> {
  const read = records.find(({ method, uri }) => method === 'GET' && /resourcegroups\/[^/]+\?/.test(uri));
  if (!isObject(read?.response)) throw new Error('The recording names no resource group.');
  const { id, location, tags } = read.response;
  await client.apply('PUT', asText(id), { location: location ?? null, tags: tags ?? {} });
}

describe.each(files)('recording %s', (file) => {
  const path = `recordings/${file}`;
  describeWithReferenceData(path, 'replayed', () => {
    let client: Client;
    beforeEach(async () => {
      client = await startClient({ subscriptions: [SUBSCRIPTION] });
    });
    afterEach(() => client.close());

    test('gets the answers that the real service gave', async () => {
      const records = referenceRecords<Recorded>(path);
      await createGroup(client, records);
      let accepted: Reply | undefined;
      for (const [index, record] of records.entries()) {
        if (isListOfAll(record) || isAddressCheck(record)) continue;
        if (isPoll(record)) {
          if (accepted !== undefined) await client.finish(accepted);
          accepted = undefined;
          continue;
        }
        const { pathname, search } = new URL(record.uri);
        const reply = await client.send(record.method, `${pathname}${search}`, record.body ?? undefined);
        const step = `${index}: ${record.method} ${pathname}`;
        expect([step, reply.status]).toEqual([step, record.status]);
        expect([step, masked(reply.body)]).toEqual([step, masked(record.response)]);
        for (const name of ['azure-asyncnotification', 'etag', 'location', 'azure-asyncoperation']) {
          expect([step, name, reply.headers.has(name)]).toEqual([step, name, name in record.headers]);
        }
        if (record.method === 'PUT' || record.method === 'DELETE') accepted = reply;
      }
    });
  });
});

describe.each(['aks-authorized-ranges.jsonl', 'aks-private-cluster.jsonl'])('recording %s', (file) => {
  const path = `recordings/${file}`;
  describeWithReferenceData(path, 'replayed with a version of today', () => {
    let client: Client;
    beforeEach(async () => {
      client = await startClient({ subscriptions: [SUBSCRIPTION] });
    });
    afterEach(() => client.close());

    test('goes through the states that the real cluster went through, and keeps what it answered', async () => {
      const records = referenceRecords<Recorded>(path);
      await createGroup(client, records);
      let accepted: Reply | undefined;
      for (const [index, record] of records.entries()) {
        const wasRead =
          record.command === 'aks wait' && at(record.response, 'properties', 'provisioningState') !== 'Succeeded';
        if (isPoll(record) || wasRead) continue;
        if (accepted !== undefined && record.method !== 'DELETE') await client.finish(accepted);
        accepted = undefined;
        const { pathname, search } = new URL(record.uri);
        const body = JSON.parse(JSON.stringify(record.body).replaceAll('1.17.13', '1.33.6')) as Json;
        const reply = await client.send(record.method, `${pathname}${search}`, body ?? undefined);
        const step = `${index}: ${record.command}`;
        expect([step, reply.status]).toEqual([step, record.status]);
        for (const kept of [
          ['properties', 'provisioningState'],
          ['properties', 'apiServerAccessProfile', 'authorizedIPRanges'],
          ['properties', 'nodeResourceGroup'],
          ['properties', 'servicePrincipalProfile'],
          ['properties', 'networkProfile', 'outboundType'],
          ['properties', 'networkProfile', 'podCidr'],
          ['id'],
          ['type'],
          ['identity', 'type'],
        ]) {
          expect([step, ...kept, at(reply.body, ...kept)]).toEqual([step, ...kept, at(record.response, ...kept)]);
        }
        const counts = (answer: Json) =>
          objectsAt(answer, 'properties', 'agentPoolProfiles').map(({ name, count, maxPods }) => [
            name,
            count,
            maxPods,
          ]);
        expect([step, counts(reply.body)]).toEqual([step, counts(record.response)]);
        if (record.method === 'PUT') accepted = reply;
      }
    });
  });
});
