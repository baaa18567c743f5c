import { readAuditLines } from '../../shared/audit/read.ts';
import { verifyChains } from '../../shared/audit/verify.ts';
import { memoryStore } from '../../local/host/durable/store.ts';
import { strikeBy } from '../support/faults.ts';
import { handedOut } from '../support/handedOut.ts';
import { startTestCloud, type Answer, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, type Shop } from '../support/shop.ts';

const SECRET_NAME = 'GATEHOUSE_SECRET_PRINCIPAL';
const SECRET = 'Zq8~a secret of a service principal';
const TOKEN_IN_MESSAGE = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;
const SIGNATURE_IN_MESSAGE = 'planted-signature-in-a-message';

const secrets = handedOut();
const logs: string[] = [];
const answers: string[] = [];
const histories: string[] = [];
/** Everything that a lane ever published; each is a part of a record of its history, and shown to others besides. */
const statuses: string[] = [];

let cloud: TestCloud;
let shop: Shop;

/** Keeps what the task hub keeps, as text, and what of it is published apart. */
const remember = (record: { readonly kind: string; readonly customStatus?: unknown }) => {
  histories.push(JSON.stringify(record));
  if (record.customStatus !== undefined) statuses.push(JSON.stringify(record.customStatus));
};

async function call(...request: Parameters<TestCloud['call']>): Promise<Answer> {
  const answer = await cloud.call(...request);
  answers.push(answer.text, JSON.stringify([...answer.headers]));
  return answer;
}

/** Everything that can be read of an environment, as it is now. */
async function readAll(name: string): Promise<void> {
  for (const path of ['', '/services', '/services/default/web', '/drift'])
    await call('GET', `/environments/${name}${path}`);
  await call('POST', `/environments/${name}/plan`);
}

async function start(spec: object): Promise<void> {
  const { status, text } = await call('POST', '/environments', spec);
  if (status !== 202) throw new Error(text);
}

const settled = (name: string) => cloud.untilState(name, 'ready', 'failed');
const deleted = (name: string) => cloud.untilState(name, 'deleted', 'failed');

/** An event about a subscription that nobody of this app has anything to do with, by somebody who has the key. */
async function sendForeignEvent(): Promise<void> {
  const { origin, keys } = cloud.host;
  const topic = '/subscriptions/00000000-0000-0000-0000-0000000000ab';
  const event = {
    id: 'foreign',
    topic,
    subject: `${topic}/resourceGroups/x/providers/Microsoft.Network/loadBalancers/kubernetes`,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    data: { operationName: 'Microsoft.Network/loadBalancers/write' },
  };
  const answer = await fetch(
    `${origin}/runtime/webhooks/eventgrid?functionName=loadBalancerChanged&code=${keys.eventGrid}`,
    {
      method: 'POST',
      headers: { 'aeg-event-type': 'Notification' },
      body: JSON.stringify([event]),
    },
  );
  expect(answer.status).toBe(202);
}

/** Four environments, from creation to deletion, with all that may come in between; one for each way to a cluster. */
beforeAll(async () => {
  process.env[SECRET_NAME] = SECRET;
  const store = memoryStore();
  cloud = await startTestCloud({
    onAnswer: (answer) => secrets.add(answer),
    onLog: (_level, _source, message) => logs.push(message),
    taskHubStore: {
      ...store,
      begin: (record) => {
        remember(record);
        store.begin(record);
      },
      append: (_id, record) => remember(record),
    },
  });
  const servicePrincipal = {
    clientId: '11111111-2222-4000-8000-000000000001',
    objectId: '11111111-2222-4000-8000-000000000002',
    secretName: SECRET_NAME,
  };
  // The first creation of a firewall fails, in words that hold secrets of others.
  const message = `Failed: Bearer ${TOKEN_IN_MESSAGE} at https://management.azure.com/x?api-version=1&t=1&c=2&s=${SIGNATURE_IN_MESSAGE}&h=4`;
  const principalFirewall = FIREWALL.replaceAll('shop', 'principal');
  await strikeBy(cloud, {
    fault: 'operationFails',
    method: 'PUT',
    path: principalFirewall,
    times: 1,
    code: 'InvalidForNow',
    message,
  });
  await start({ name: 'principal', cluster: { servicePrincipal } });
  await start({ name: 'inner', cluster: { private: true } });
  await start({ name: 'entra', cluster: { entra: { azureRbac: true, localAccounts: false } } });
  shop = await createShop(cloud);
  expect(await settled('principal')).toMatchObject({ state: 'failed' });
  await readAll('principal');
  await call('POST', '/environments/principal/retry');
  await cloud.untilState('principal', 'ready');
  for (const name of ['inner', 'entra']) expect(await settled(name)).toMatchObject({ state: 'ready' });

  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  await call('PUT', '/environments/shop/grants/alice', { cidr: '198.51.100.7/32' });
  for (const name of ['shop', 'inner', 'principal', 'entra']) await readAll(name);

  // Somebody takes a rule away.
  await cloud.control('PUT', `/state${FIREWALL}`, { properties: { natRuleCollections: [] } });
  expect(await shop.rules()).toEqual([]);
  await readAll('shop');
  await shop.sync();
  await call('DELETE', '/environments/shop/grants/alice');
  await cloud.clock.sleep(20 * 60_000);
  // What a cluster's own events tell, its users read.
  answers.push(JSON.stringify((await shop.kubernetes('GET', '/api/v1/events')).body));
  for (const name of ['shop', 'inner', 'principal', 'entra']) {
    await readAll(name);
    await call('DELETE', `/environments/${name}`);
  }
  for (const name of ['shop', 'inner', 'principal', 'entra']) {
    expect(await deleted(name)).toMatchObject({ state: 'deleted' });
    await readAll(name);
  }
  await call('GET', '/environments');
  await call('GET', '/health');
  await sendForeignEvent();
}, 170_000);
afterAll(() => {
  delete process.env[SECRET_NAME];
  return cloud.close();
});

/** Where one of the values stands, with what is around it. */
const found = (values: Iterable<string>, texts: readonly string[]): string[] => {
  const wanted = [...values];
  const hits = texts.flatMap((text) =>
    wanted.flatMap((value) =>
      text.includes(value) ? [text.slice(Math.max(0, text.indexOf(value) - 200), text.indexOf(value) + 40)] : [],
    ),
  );
  return hits.slice(0, 3);
};

test('the run handed out what is looked for', () => {
  expect(secrets.tokens.size).toBeGreaterThan(0);
  expect(secrets.kubeconfigs.size).toBeGreaterThan(4);
  expect(secrets.signatures.size).toBeGreaterThan(20);
  for (const texts of [logs, answers, histories, statuses]) expect(texts.length).toBeGreaterThan(20);
  // What polls an operation has to know its URL: the search finds what there is.
  expect(found(secrets.signatures, histories)).not.toEqual([]);
});

test.each([
  ['logs', logs],
  ['answers', answers],
  ['statuses', statuses],
  ['histories', histories],
])('no token, no credentials of a cluster, no secret and no key stand in %s', (_where, texts) => {
  const { host, azure } = cloud;
  expect(found(secrets.tokens, texts)).toEqual([]);
  expect(found(secrets.kubeconfigs, texts)).toEqual([]);
  expect(found([SECRET, azure.identity.header], texts)).toEqual([]);
  expect(found(Object.values(host.keys), texts)).toEqual([]);
  expect(found([TOKEN_IN_MESSAGE, SIGNATURE_IN_MESSAGE], texts)).toEqual([]);
});

test.each([
  ['logs', logs],
  ['answers', answers],
  ['statuses', statuses],
])("no signed URL of an operation, and none of Durable's own, stands in %s", (_where, texts) => {
  expect(found(secrets.signatures, texts)).toEqual([]);
  expect(found(['/runtime/webhooks/durabletask'], texts)).toEqual([]);
});

test('what others said is still told, without the secrets in it', () => {
  expect(found(['Failed: Bearer [redacted]'], statuses)).not.toEqual([]);
  expect(found(['Failed: Bearer [redacted]'], answers)).not.toEqual([]);
});

test('every act of the run is on record, whoever did it, in one chain that is whole', () => {
  const { records, unreadable } = readAuditLines(logs.join('\n'));
  expect(unreadable).toEqual([]);
  expect(verifyChains(records)).toMatchObject([{ first: 1, last: records.length, faults: [] }]);
  expect(new Set(records.map(({ actor }) => actor.kind))).toEqual(new Set(['key', 'lane', 'event', 'timer']));
  expect(records).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ act: 'provision.firewall', environment: 'principal', outcome: 'wrote' }),
      expect.objectContaining({ act: 'revokeAccess', environment: 'shop', detail: 'label alice', outcome: 'accepted' }),
      expect.objectContaining({ actor: { kind: 'timer', id: 'driftTimer' }, environment: 'inner' }),
    ]),
  );
});

test('an event of a foreign subscription is dropped with a warning', () => {
  expect(logs).toContain('An event was ignored (other-topic, 1 so far).');
});
