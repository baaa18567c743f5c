import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Link,
  type Meter,
  type SpanContext,
} from '@opentelemetry/api';
import { resourceFromAttributes, detectResources, envDetector } from '@opentelemetry/resources';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  type IdGenerator,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import { spanPlace, traceparentOf, type SpanPlace } from '../model/traceContext.ts';
import { instanceFamilies, onObserved, type Family } from './instruments.ts';
import { instanceMetrics, laneMetrics, type MetricDefinition } from './metrics.ts';
import type { ExporterSettings, Tracing } from './tracing.ts';

/** The light pass tells it every two minutes, on one instance of the app: another one's must end when it takes over. */
const LANES_HOLD_MS = 300_000;

const kinds = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** Starts exporters; nothing global of OpenTelemetry is touched, so that an app around this one may have its own. */
export async function startTracing(settings: ExporterSettings): Promise<Tracing> {
  const ids = chosenIds();
  const detected = detectResources({ detectors: [envDetector] });
  const resource = resourceFromAttributes(serviceAttributes()).merge(detected);
  const azureMonitor =
    settings.azureMonitor === undefined
      ? undefined
      : (await import('../azure/azureMonitorSdk.ts')).azureMonitorExporters(settings.azureMonitor);
  const spanExporters = [
    ...(settings.otlpTraces ? [new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter()] : []),
    ...(azureMonitor === undefined ? [] : [azureMonitor.traces]),
  ];
  const metricExporters = [
    ...(settings.otlpMetrics
      ? [new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter()]
      : []),
    ...(azureMonitor === undefined ? [] : [azureMonitor.metrics]),
  ];
  const tracers = new BasicTracerProvider({
    resource,
    sampler: sampler(process.env),
    idGenerator: ids,
    spanProcessors: spanExporters.map((exporter) => new BatchSpanProcessor(exporter)),
  });
  const meters = new MeterProvider({
    resource,
    readers: metricExporters.map(
      (exporter) =>
        new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: metricIntervalMs(process.env) }),
    ),
    views: Object.entries<MetricDefinition>(instanceMetrics).flatMap(([instrumentName, { buckets }]) =>
      buckets === undefined
        ? []
        : [
            {
              instrumentName,
              aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [...buckets] } },
            },
          ],
    ),
  });
  const lanes = exportMetrics(meters.getMeter('gatehouse'));
  const tracer = tracers.getTracer('gatehouse');

  return {
    startSpan: ({ name, kind, parent, links = [], attributes = {}, known }) => {
      const place = spanPlace(parent);
      const context = place === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(place));
      ids.next(spanPlace(known)?.spanId);
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes, links: links.flatMap(linkTo) }, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        traceparent: traceparentOf({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 }),
        set: (more) => span.setAttributes(more),
        fail: (message) => span.setStatus({ code: SpanStatusCode.ERROR, message }),
        end: () => span.end(),
      };
    },
    tellLanes: (families) => lanes.tell(families),
    flush: async () => {
      await Promise.all([tracers.forceFlush(), meters.forceFlush()]);
    },
    shutdown: async () => {
      await Promise.all([tracers.shutdown(), meters.shutdown()]);
    },
  };
}

const remote = ({ traceId, spanId, sampled }: SpanPlace): SpanContext => ({
  traceId,
  spanId,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote: true,
});

function linkTo(traceparent: string): Link[] {
  const place = spanPlace(traceparent);
  return place === undefined ? [] : [{ context: remote(place) }];
}

/** Random ids, but for a span whose id is known before it begins. */
function chosenIds(): IdGenerator & { next(spanId: string | undefined): void } {
  const random = new RandomIdGenerator();
  let chosen: string | undefined;
  return {
    next: (spanId) => {
      chosen = spanId;
    },
    generateTraceId: () => random.generateTraceId(),
    generateSpanId: () => {
      const id = chosen ?? random.generateSpanId();
      chosen = undefined;
      return id;
    },
  };
}

/**
 * As `OTEL_TRACES_SAMPLER` says, whatever the parent: a Functions host that exports nothing itself samples nothing, which is no
 * decision for the app. Ratios go by the trace id, so that a trace is whole or absent all the same.
 */
function sampler({ OTEL_TRACES_SAMPLER: name = '', OTEL_TRACES_SAMPLER_ARG: ratio }: NodeJS.ProcessEnv): Sampler {
  switch (name.toLowerCase().replace(/^parentbased_/, '')) {
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(Number.isNaN(Number(ratio)) ? 1 : Number(ratio));
    default:
      return new AlwaysOnSampler();
  }
}

function metricIntervalMs(variables: NodeJS.ProcessEnv): number {
  const interval = Number(variables['OTEL_METRIC_EXPORT_INTERVAL']);
  return Number.isFinite(interval) && interval >= 1000 ? interval : 60_000;
}

/** What the app is called by in traces; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win. */
function serviceAttributes(): Record<string, string> {
  const { WEBSITE_SITE_NAME: app, WEBSITE_INSTANCE_ID: instance, REGION_NAME: region } = process.env;
  return {
    'service.name': app ?? 'gatehouse',
    ...(instance === undefined ? {} : { 'service.instance.id': instance, 'faas.instance': instance }),
    ...(app === undefined ? {} : { 'cloud.provider': 'azure', 'cloud.platform': 'azure.functions' }),
    ...(region === undefined ? {} : { 'cloud.region': region }),
  };
}

/** The app's own counts are the one truth: OpenTelemetry reads them when it exports. */
function exportMetrics(meter: Meter): { tell(families: readonly Family[]): void } {
  let told: { readonly at: number; readonly families: readonly Family[] } | undefined;
  const latest = () => (told === undefined || performance.now() - told.at > LANES_HOLD_MS ? [] : told.families);
  for (const [name, definition] of Object.entries<MetricDefinition>({ ...laneMetrics, ...instanceMetrics })) {
    const { type, help: description, source } = definition;
    if (type === 'histogram') continue;
    const instrument =
      type === 'counter'
        ? meter.createObservableCounter(name, { description })
        : meter.createObservableGauge(name, { description });
    instrument.addCallback((result) => {
      const families = source === 'lanes' ? latest() : instanceFamilies();
      for (const { labels, value } of families.find((family) => family.name === name)?.points ?? [])
        result.observe(value, { ...labels });
    });
  }
  const histograms = new Map(
    Object.entries<MetricDefinition>(instanceMetrics).flatMap(([name, { type, help: description }]) =>
      type === 'histogram' ? [[name, meter.createHistogram(name, { description, unit: 's' })] as const] : [],
    ),
  );
  onObserved((metric, labels, value) => histograms.get(metric)?.record(value, { ...labels }));
  return {
    tell: (families) => {
      told = { at: performance.now(), families };
    },
  };
}
