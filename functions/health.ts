import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import { checkHealth } from '../shared/observe/health.ts';
import { json, route } from './http/route.ts';

/** Registers GET /health: open to everybody, so it tells states and nothing else. */
export function registerHealth(): void {
  route('health', ['GET'], 'health', health, 'anonymous');
}

async function health(_request: HttpRequest, client: DurableClient): Promise<HttpResponseInit> {
  const [azure, durable] = await Promise.all([checkHealth(), checkDurable(client)]);
  const checks = { ...azure, durable };
  const healthy = Object.values(checks).every(({ status }) => status === 'ok');
  return json(healthy ? 200 : 503, { status: healthy ? 'ok' : 'unhealthy', checks });
}

async function checkDurable(client: DurableClient): Promise<{ status: 'ok' | 'failed'; remedy?: string }> {
  try {
    await client.getStatusBy({ runtimeStatus: [OrchestrationRuntimeStatus.Pending] });
    return { status: 'ok' };
  } catch {
    return { status: 'failed', remedy: "Check the task hub's storage (AzureWebJobsStorage) and its roles." };
  }
}
