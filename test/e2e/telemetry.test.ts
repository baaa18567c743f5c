import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../local/otlpReceiver.ts';
import { flushTelemetry } from '../../shared/telemetry/spans.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, type Shop } from '../support/shop.ts';

let receiver: OtlpReceiver;
let cloud: TestCloud;
let shop: Shop;
/** What Azure answers as `x-ms-correlation-request-id`: what it was sent. */
const correlations = new Set<string>();
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.endpoint;
  cloud = await startTestCloud({
    onAnswer: ({ headers }) => void correlations.add(String(headers?.['x-ms-correlation-request-id'])),
  });
  shop = await createShop(cloud);
});
afterAll(async () => {
  await cloud.close();
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  await receiver.close();
});

const received = async (): Promise<readonly ReceivedSpan[]> => {
  await flushTelemetry();
  return receiver.spans;
};

/** The names from a span up to the beginning of its trace. */
function pathOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId);
  return parent === undefined ? [span.name] : [span.name, ...pathOf(parent, spans)];
}

async function metric(name: string, labels = ''): Promise<number | undefined> {
  const { text } = await cloud.call('GET', '/metrics');
  const line = text.split('\n').find((one) => one.startsWith(`${name}${labels === '' ? ' ' : `{${labels}}`}`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

test('a creation is one trace: the call, the pass, its steps, and each request to Azure below its step', async () => {
  const spans = await received();
  const writes = spans.filter(
    ({ name, attributes }) => name === 'PUT azureFirewalls' && attributes['url.path'] === FIREWALL,
  );
  expect(writes.map((span) => pathOf(span, spans))).toContainEqual([
    'PUT azureFirewalls',
    'startStep firewall',
    'provision shop',
    'startEnvironment',
  ]);
  const creation = spans.find(({ name }) => name === 'provision shop');
  expect(spans.filter(({ name }) => name === 'provision shop')).toHaveLength(1);
  expect(writes.map(({ traceId }) => traceId)).toContain(creation?.traceId);
  // The first sync follows the creation by itself, and so does its span.
  expect(spans.find(({ name }) => name === 'sync shop')).toMatchObject({ parentSpanId: creation?.spanId });
});

test('the trace of a write tells what called for it', async () => {
  await shop.apply('web');
  await shop.addressed('web');
  await shop.until(({ counts }) => counts.publications === 1);
  const spans = await received();
  const syncs = spans.filter(({ name }) => name === 'sync shop');
  const causes = syncs.map((span) => pathOf(span, spans).at(-1));
  expect(causes).toContain('loadBalancerChanged');
});

test('what is sent holds no signature of an operation', async () => {
  await received();
  expect(receiver.bodies.length).toBeGreaterThan(0);
  expect(receiver.bodies.filter((body) => /[?&](t|c|s|h|sig)=/.test(body))).toEqual([]);
});

test('metrics follow what happens: a sync, one without a change, a skipped service, and drift', async () => {
  const environment = 'environment="shop"';
  expect(await metric('gatehouse_environment_state', `${environment},state="ready"`)).toBe(1);
  expect(await metric('gatehouse_publications', environment)).toBe(1);
  const before = {
    syncs: await metric('gatehouse_syncs_total', environment),
    idle: await metric('gatehouse_no_op_runs_total', environment),
  };
  await shop.sync();
  expect(await metric('gatehouse_syncs_total', environment)).toBe((before.syncs ?? NaN) + 1);
  expect(await metric('gatehouse_no_op_runs_total', environment)).toBe((before.idle ?? NaN) + 1);
  expect(await metric('gatehouse_sync_errors_total', environment)).toBe(0);

  await shop.apply('internal-only', {}, { 'gatehouse.dev/expose': 'false' });
  await shop.addressed('internal-only');
  await shop.sync();
  expect(await metric('gatehouse_skipped_publications', `${environment},reason="opted-out"`)).toBe(1);

  const repairs = await metric('gatehouse_drift_repairs_total', environment);
  const firewall = (await cloud.control('GET', `/state${FIREWALL}`)) as { properties: object };
  await cloud.control('PUT', `/state${FIREWALL}`, {
    ...firewall,
    properties: { ...firewall.properties, threatIntelMode: 'Off' },
  });
  await shop.sync();
  expect(await metric('gatehouse_drift_repairs_total', environment)).toBe((repairs ?? NaN) + 1);
  expect(await metric('gatehouse_drift_findings', `${environment},check="threatIntelligence"`)).toBe(1);
  expect(await metric('gatehouse_firewall_write_seconds_count', `${environment},outcome="succeeded"`)).toBeGreaterThan(
    0,
  );
  expect(await metric('gatehouse_events_total', 'outcome="signalled"')).toBeGreaterThan(0);
});

test('the exporters get the metrics of lanes and of this instance', async () => {
  await received();
  expect([...receiver.metrics]).toEqual(
    expect.arrayContaining([
      'gatehouse_publications',
      'gatehouse_last_sync_timestamp_seconds',
      'gatehouse_arm_requests_total',
      'gatehouse_firewall_write_seconds',
    ]),
  );
});

test('a scraper that takes OpenMetrics gets it, with its end mark', async () => {
  const answer = await cloud.call('GET', '/metrics', undefined, { accept: 'application/openmetrics-text' });
  expect(answer.headers.get('content-type')).toContain('application/openmetrics-text');
  expect(answer.text.endsWith('# EOF\n')).toBe(true);
  expect(answer.text).toContain('# TYPE gatehouse_syncs counter');
});

test('Azure hears one correlation id from all requests of a pass: that of its trace', async () => {
  correlations.clear();
  await shop.sync();
  const spans = await received();
  const sync = spans.findLast(({ name }) => name === 'sync shop');
  expect([...correlations].map((id) => id.replaceAll('-', ''))).toContain(sync?.traceId);
});
