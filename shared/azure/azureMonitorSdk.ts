import { ManagedIdentityCredential } from '@azure/identity';
import { AzureMonitorMetricExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import type { AzureMonitorSettings } from '../telemetry/tracing.ts';

/** Exporters to Application Insights; with Entra they need the role Monitoring Metrics Publisher on it. */
export function azureMonitorExporters({ connectionString, entra }: AzureMonitorSettings): {
  readonly traces: AzureMonitorTraceExporter;
  readonly metrics: AzureMonitorMetricExporter;
} {
  const clientId = entra?.clientId;
  const credential =
    entra === undefined
      ? {}
      : { credential: new ManagedIdentityCredential(clientId === undefined ? {} : { clientId }) };
  // What can't be sent is dropped: an instance's disk is not its own, and is gone with it.
  const options = { connectionString, disableOfflineStorage: true, ...credential };
  return { traces: new AzureMonitorTraceExporter(options), metrics: new AzureMonitorMetricExporter(options) };
}
