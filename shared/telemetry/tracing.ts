import type { Family } from './instruments.ts';

/** Attributes by OpenTelemetry's semantic conventions, and `gatehouse.*` for what these don't know. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'client' | 'internal';
  /** `traceparent` of what it is a part of; absent: it begins a trace. */
  readonly parent?: string;
  /** `traceparent` of what else it follows from. */
  readonly links?: readonly string[];
  readonly attributes?: Attributes;
  /** The `traceparent` that it is known by already. */
  readonly known?: string;
}

/** A span that is under way. */
export interface ActiveSpan {
  readonly traceparent: string;
  readonly traceId: string;
  set(attributes: Attributes): void;
  /** Marks it as failed; the text must hold no secret. */
  fail(reason: string): void;
  end(): void;
}

/** Where telemetry goes. */
export interface ExporterSettings {
  readonly otlpTraces: boolean;
  readonly otlpMetrics: boolean;
  readonly azureMonitor?: AzureMonitorSettings;
}

export interface AzureMonitorSettings {
  /** Holds an instrumentation key, which is no secret where local authentication is off, and is never shown all the same. */
  readonly connectionString: string;
  /** Signs in with the app's identity. */
  readonly entra?: { readonly clientId?: string };
}

/** OpenTelemetry as this app uses it. */
export interface Tracing {
  startSpan(start: SpanStart): ActiveSpan;
  /** What lanes tell, for the next exports; kept for five minutes. */
  tellLanes(families: readonly Family[]): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}
