import type { ActiveSpan, ExporterSettings, SpanStart, Tracing } from './tracing.ts';

let tracing: { readonly from: string; readonly loaded: Promise<Tracing | undefined> } | undefined;

/**
 * Where telemetry goes, by the standard variables of OpenTelemetry and of Application Insights.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter, …/configuration/sdk-environment-variables
 *
 * @returns undefined where it goes nowhere
 */
export function exporterSettings(variables: NodeJS.ProcessEnv = process.env): ExporterSettings | undefined {
  if (variables['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const given = (name: string): boolean => (variables[name] ?? '') !== '';
  const goesTo = (signal: 'TRACES' | 'METRICS') =>
    variables[`OTEL_${signal}_EXPORTER`]?.toLowerCase() !== 'none' &&
    (given('OTEL_EXPORTER_OTLP_ENDPOINT') || given(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`));
  const connectionString = variables['APPLICATIONINSIGHTS_CONNECTION_STRING'] ?? '';
  const found: ExporterSettings = {
    otlpTraces: goesTo('TRACES'),
    otlpMetrics: goesTo('METRICS'),
    ...(connectionString === '' ? {} : { azureMonitor: { connectionString, ...entraOf(variables) } }),
  };
  return found.otlpTraces || found.otlpMetrics || found.azureMonitor !== undefined ? found : undefined;
}

/** The host's own setting, e.g. `Authorization=AAD;ClientId=…`: signs in with an identity instead of by the key alone. */
function entraOf(variables: NodeJS.ProcessEnv): { readonly entra?: { readonly clientId?: string } } {
  const text = variables['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'] ?? '';
  const parts = new Map(
    text.split(';').map((part) => part.split('=', 2).map((side) => side.trim()) as [string, string]),
  );
  if (parts.get('Authorization') !== 'AAD') return {};
  const clientId = parts.get('ClientId');
  return { entra: clientId === undefined ? {} : { clientId } };
}

/**
 * Begins a span.
 *
 * @returns undefined where there is none to begin, or telemetry goes nowhere; nothing of OpenTelemetry is loaded then
 */
export async function startSpan(start: SpanStart | undefined): Promise<ActiveSpan | undefined> {
  if (start === undefined) return undefined;
  const loaded = await telemetrySdk();
  return loaded?.startSpan(start);
}

/**
 * OpenTelemetry, loaded when it is first used; undefined where telemetry goes nowhere, or its settings can't be used, which is
 * said once: telemetry never keeps the app from its work.
 */
export async function telemetrySdk(): Promise<Tracing | undefined> {
  const wanted = exporterSettings();
  if (wanted === undefined) return undefined;
  const from = JSON.stringify(wanted);
  if (tracing?.from !== from) {
    const before = tracing?.loaded;
    tracing = { from, loaded: load(wanted) };
    await (await before)?.shutdown();
  }
  return tracing.loaded;
}

async function load(wanted: ExporterSettings): Promise<Tracing | undefined> {
  try {
    const { startTracing } = await import('./otelSdk.ts');
    return await startTracing(wanted);
  } catch (error) {
    // The settings hold a connection string, so that what the error says is not repeated.
    const name = error instanceof Error ? error.name : 'Error';
    console.error(`Telemetry is off: its exporters can't be started (${name}). See docs/telemetry.md.`);
    return undefined;
  }
}

/** Sends what has not been sent yet. */
export async function flushTelemetry(): Promise<void> {
  await (await tracing?.loaded)?.flush();
}
