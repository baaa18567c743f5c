import { asText, type Json } from '../../../../local/azure/json.ts';
import { startClient, type Client, type Reply } from '../client.ts';
import { differences, type Difference } from './compare.ts';
import { correspondence, type Correspondence } from './correspondence.ts';
import * as recording from './recording.ts';

/** A difference with the request that it was found at. */
export interface Finding extends Difference {
  readonly recording: string;
  /** The line in the recording, from 0. */
  readonly step: number;
  /** `PUT azureFirewalls`, `LIST routeTables`, `POLL subnets` (an operation on a subnet). */
  readonly request: string;
}

/** Longer than any operation takes, shorter than one is remembered. */
const UNTIL_DONE_SECONDS = 45 * 60;

/** AKS has long retired the version that the recorded clusters ran. */
const VERSIONS = { '1.17.13': '1.33.6' };

/**
 * Sends a recording's requests in order to a fresh local Azure, in local terms, and answers every difference. Where the
 * recording shows an operation under way, no time passes; where it shows the end, or goes on to something else, the
 * operation is let end first: how long things take is the latency table's matter.
 */
export async function replay(name: string, records: readonly recording.Recorded[]): Promise<readonly Finding[]> {
  const client = await startClient({ subscriptions: [recording.SUBSCRIPTION] });
  try {
    const group = recording.groupOfRecording(records);
    await client.apply('PUT', group.id, group.body);
    const known = correspondence(VERSIONS);
    const operations = operationsOf();
    const findings: Finding[] = [];
    let underWay = false;
    for (const [step, record] of records.entries()) {
      const request = requestOf(record, operations);
      if (underWay && !recording.showsRunning(record)) {
        await client.pass(UNTIL_DONE_SECONDS);
        underWay = false;
      }
      const reply = await send(client, record, known, operations);
      const recorded = { ...record, body: recording.ownResponse(record, group.id) };
      const found: readonly Difference[] =
        reply === undefined
          ? [{ aspect: 'status', path: '', kind: 'missing', detail: 'local Azure started no such operation' }]
          : differences(recorded, reply, known);
      findings.push(...found.map((difference) => ({ recording: name, step, request, ...difference })));
      if (reply !== undefined) operations.learn(record, reply);
      if (record.method !== 'GET') underWay = true;
    }
    return findings;
  } finally {
    await client.close();
  }
}

/** Undefined when the request polls an operation that local Azure never started. */
async function send(
  client: Client,
  record: recording.Recorded,
  known: Correspondence,
  operations: Operations,
): Promise<Reply | undefined> {
  const operation = recording.operationIn(record.uri);
  if (operation !== undefined) {
    const url = operations.urlOf(operation);
    return url === undefined ? undefined : client.send('GET', url);
  }
  const { pathname, search } = new URL(known.toLocal(record.uri));
  const body = record.body === null ? undefined : (JSON.parse(known.toLocal(JSON.stringify(record.body))) as Json);
  return client.send(record.method, `${pathname}${search}`, body);
}

function requestOf(record: recording.Recorded, operations: Operations): string {
  const operation = recording.operationIn(record.uri);
  if (operation !== undefined) return `POLL ${operations.typeOf(operation)}`;
  return `${recording.isList(record) ? 'LIST' : record.method} ${recording.typeAddressed(record.uri)}`;
}

/** Recorded operations: where local Azure answers for them, and what they were on. */
interface Operations {
  learn(record: recording.Recorded, reply: Reply): void;
  urlOf(operation: string): string | undefined;
  typeOf(operation: string): string;
}

function operationsOf(): Operations {
  const urls = new Map<string, string>();
  const types = new Map<string, string>();
  const idOf = (operation: string) => asText(operation.split('/')[1]);
  return {
    learn(record, reply) {
      for (const name of ['azure-asyncoperation', 'location']) {
        const operation = recording.operationIn(record.headers[name]);
        const url = reply.headers.get(name);
        if (operation === undefined) continue;
        if (recording.operationIn(record.uri) === undefined)
          types.set(idOf(operation), recording.typeAddressed(record.uri));
        if (url !== null) urls.set(operation, url);
      }
    },
    urlOf: (operation) => urls.get(operation),
    typeOf: (operation) => types.get(idOf(operation)) ?? 'operations',
  };
}
