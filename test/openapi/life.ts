import type { RecordedExample } from '../../openapi/examples.ts';
import { routeFor } from '../support/documented.ts';
import { strikeBy } from '../support/faults.ts';
import { standingStill, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, shopOf } from '../support/shop.ts';

const shop = '/environments/shop';
const asText = { accept: 'text/plain' };

/** Lives two environments to their ends, calls what there is to call, and keeps what was sent and answered. */
export async function examplesOf(cloud: TestCloud): Promise<readonly RecordedExample[]> {
  const examples: RecordedExample[] = [];
  const still = standingStill(cloud);
  const call = async (
    name: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => {
    const answer = await still(() => cloud.call(method, path, body, headers));
    const route = routeFor(method, path);
    const isOfRequest = route.body !== undefined && route.body.kind !== 'spec' && answer.status < 300;
    examples.push({
      operation: route.name,
      name,
      ...(isOfRequest ? { request: body } : {}),
      status: answer.status,
      mediaType: answer.headers.get('content-type')?.split(';')[0] ?? '',
      answer: answer.body ?? answer.text,
    });
    return answer;
  };

  await call('healthy', 'GET', '/health');
  await call('a creation', 'POST', '/plans', { name: 'shop' });
  await call('a creation, for people', 'POST', '/plans', { name: 'shop' }, asText);
  await call('fields at fault', 'POST', '/plans', {
    name: 'shop',
    clutser: {},
    network: { addressSpace: '10.42.0.1/16' },
  });
  await call('of a kind that is not read', 'POST', '/plans', '<spec/>', { 'content-type': 'text/xml' });
  await call('too large', 'POST', '/plans', 'x'.repeat(1_000_001));
  await call('too long', 'GET', `/environments?filler=${'x'.repeat(8_200)}`);
  await strikeBy(cloud, { fault: 'forbidden' });
  await call('a role is missing in Azure', 'POST', '/plans', { name: 'shop' });
  await strikeBy(cloud, { fault: 'unavailable' });
  await call('Azure is down', 'POST', '/plans', { name: 'shop' });
  await strikeBy(cloud);
  await call('none of this name', 'GET', shop);

  await call('a start', 'POST', '/environments', { name: 'shop' });
  await call('too early', 'GET', `${shop}/services`);
  await cloud.clock.sleep(240_000);
  await call('provisioning', 'GET', shop);
  await call('the name is taken', 'POST', '/environments', { name: 'shop' });
  await cloud.untilState('shop', 'ready');
  const environment = shopOf(cloud);
  const settled = () =>
    environment.until(({ state, sync, counts }) => state === 'ready' && sync?.running === false && counts.syncs > 0);
  await settled();

  await still(() => environment.apply('web'));
  await environment.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  await still(() =>
    environment.apply('internal', {}, { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' }),
  );
  await environment.addressed('internal');
  await settled();
  await call('one that is ready', 'GET', '/environments');
  await call('ready', 'GET', shop);
  await call('a published port, and one that is not', 'GET', `${shop}/services`);
  await call('reachable', 'GET', `${shop}/services/default/web`);
  await call('a broken hop', 'GET', `${shop}/services/default/internal`);
  await call('no such service', 'GET', `${shop}/services/default/none`);
  await call('in sync', 'GET', `${shop}/drift`);
  await call('nothing to do', 'POST', `${shop}/plan`);
  const strict = { name: 'shop', firewall: { threatIntel: 'Deny' } };
  await call('another spec', 'POST', `${shop}/plan`, strict);
  await call('another spec, for people', 'POST', `${shop}/plan`, strict, asText);

  await still(async () => {
    await cloud.control('DELETE', `/state${FIREWALL}/natRuleCollections/shop`);
    await call('a rule was removed by hand', 'GET', `${shop}/drift`);
    await call('a look', 'POST', `${shop}/sync`);
  });
  await environment.until(({ counts, sync }) => counts.driftRepairs > 0 && sync?.running === false);

  const careful = { name: 'shop', ingress: { maxDeletes: { percent: 0, count: 0 } } };
  await call('a preview', 'PUT', `${shop}/spec?preview=true`, careful);
  await call('a preview, for people', 'PUT', `${shop}/spec?preview=true`, careful, asText);
  await call('another spec', 'PUT', `${shop}/spec`, careful);
  await settled();
  await call('a repair', 'POST', `${shop}/retry`);
  await settled();

  await call('for a working day', 'PUT', `${shop}/grants/bob`, {
    cidr: '203.0.113.7',
    expires: new Date(cloud.clock.now() + 8 * 3_600_000).toISOString(),
  });
  const hasRange = async () =>
    JSON.stringify((await cloud.call('GET', shop)).body?.['access']).includes('"203.0.113.7/32",');
  while (!(await hasRange())) await cloud.clock.sleep(1000);
  await call('covered already', 'PUT', `${shop}/grants/amy`, { cidr: '203.0.113.7' });
  await call('no public range', 'PUT', `${shop}/grants/eve`, { cidr: '10.0.0.1' });
  await call('a grant goes', 'DELETE', `${shop}/grants/bob`);
  await call('no such grant', 'DELETE', `${shop}/grants/nobody`);

  await still(() => environment.remove('web'));
  await environment.gone('web');
  const { sync } = await environment.sync();
  await call('deletions are held', 'GET', `${shop}/services`);
  await call('another plan', 'POST', `${shop}/approve`, { plan: 'none' });
  await call('held deletions', 'POST', `${shop}/approve`, { plan: sync?.report?.held?.hash });
  await environment.until(({ counts }) => counts.publications === 0);

  await call('a deletion', 'DELETE', shop);
  await cloud.untilState('shop', 'deleted');
  await call('it is gone', 'POST', `${shop}/sync`);

  await createShop({ ...cloud, call: (...request) => still(() => cloud.call(...request)) });
  await call('let go', 'POST', `${shop}/release`);
  await cloud.untilState('shop', 'released');
  return examples;
}
