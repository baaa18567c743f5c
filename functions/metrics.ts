import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { instanceFamilies, type Family } from '../shared/telemetry/instruments.ts';
import { metricsContentType, renderMetrics } from '../shared/telemetry/openMetrics.ts';
import { telemetrySdk } from '../shared/telemetry/spans.ts';
import { findAccessLanes, listLanes } from './http/laneClient.ts';
import { laneFamilies } from './laneMetrics.ts';

/** GET /metrics: OpenMetrics where the caller takes it, else the older text format of Prometheus. */
export async function metrics(request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const takesOpenMetrics = /\bapplication\/openmetrics-text\b/i.test(request.headers.get('accept') ?? '');
  const format = takesOpenMetrics ? 'openmetrics' : 'prometheus';
  return {
    status: 200,
    headers: { 'content-type': metricsContentType[format] },
    body: renderMetrics([...(await measureLanes(client)), ...instanceFamilies()], format),
  };
}

/**
 * Hands what the lanes tell to the exporters, if there are any. The light pass does it: it runs every two minutes, on one
 * instance of the app at a time, so that no environment is told of twice.
 */
export async function exportLanes(client: DurableClient): Promise<void> {
  const sdk = await telemetrySdk();
  if (sdk !== undefined) sdk.tellLanes(await measureLanes(client));
}

async function measureLanes(client: DurableClient): Promise<readonly Family[]> {
  const lanes = await listLanes(client);
  const measured = await Promise.all(
    lanes.map(async (lane) => ({
      lane,
      access: 'unreadable' in lane || !lane.live ? [] : await findAccessLanes(client, lane.state.spec),
    })),
  );
  return laneFamilies(measured, Date.now());
}
