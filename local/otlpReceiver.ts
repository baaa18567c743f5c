import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as OTLP/HTTP has it in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp), as far as it is looked at. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An OTLP/HTTP endpoint on this machine that keeps what it gets. */
export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Names of the metrics that came. */
  readonly metrics: ReadonlySet<string>;
  /** Everything as it came. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

interface TraceRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}
type OtlpSpan = Omit<ReceivedSpan, 'attributes' | 'links'> & {
  readonly links?: ReceivedSpan['links'];
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
};
interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

/** Starts one on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const metrics = new Set<string>();
  const bodies: string[] = [];
  const take = (path: string | undefined, body: string): number => {
    bodies.push(body);
    if (path === '/v1/traces') {
      const { resourceSpans } = JSON.parse(body) as TraceRequest;
      spans.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans.map(received))),
      );
      return 200;
    }
    if (path !== '/v1/metrics') return 404;
    const { resourceMetrics } = JSON.parse(body) as MetricsRequest;
    for (const { scopeMetrics } of resourceMetrics)
      for (const scope of scopeMetrics) for (const { name } of scope.metrics) metrics.add(name);
    return 200;
  };
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        response.writeHead(take(request.url, body), { 'content-type': 'application/json' }).end('{}');
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    metrics,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function received({ name, traceId, spanId, parentSpanId, links = [], attributes = [] }: OtlpSpan): ReceivedSpan {
  return {
    name,
    traceId,
    spanId,
    ...(parentSpanId === undefined || parentSpanId === '' ? {} : { parentSpanId }),
    links,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  };
}
