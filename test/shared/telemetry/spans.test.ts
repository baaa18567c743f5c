import { exporterSettings, startSpan } from '../../../shared/telemetry/spans.ts';

const connectionString = 'InstrumentationKey=00000000-0000-0000-0000-000000000000';

test.each([
  ['nothing is set', {}],
  ['empty values', { OTEL_EXPORTER_OTLP_ENDPOINT: '', APPLICATIONINSIGHTS_CONNECTION_STRING: '' }],
  ['it is switched off', { OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }],
  [
    'no exporter is wanted',
    {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    },
  ],
])('telemetry goes nowhere where %s', (_title, variables) => {
  expect(exporterSettings(variables)).toBeUndefined();
});

test('an endpoint of one signal is for that one alone', () => {
  expect(exporterSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' })).toEqual({
    otlpTraces: true,
    otlpMetrics: false,
  });
});

test('Application Insights is signed in to as its setting says', () => {
  const at = (text: string) =>
    exporterSettings({
      APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: text,
    })?.azureMonitor;
  expect(at('')).toEqual({ connectionString });
  expect(at('Authorization=AAD')).toEqual({ connectionString, entra: {} });
  expect(at('Authorization=AAD; ClientId=abc')).toEqual({ connectionString, entra: { clientId: 'abc' } });
});

test('where telemetry goes nowhere there is no span', async () => {
  expect(await startSpan({ name: 'any', kind: 'internal' })).toBeUndefined();
});
