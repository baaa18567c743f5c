import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import type { HealthAnswer } from '../shared/answers.ts';
import { checkHealth, type HealthCheck } from '../shared/observe/health.ts';
import { json } from './http/message.ts';

/** GET /health: open to everybody, so it tells states and nothing else. */
export async function health(
  _request: HttpRequest,
  client: DurableClient,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const warn = (reason: string) => context.warn(`health: ${reason}`);
  const [outside, durable] = await Promise.all([checkHealth(warn), durableNow(client, warn)]);
  const checks = { ...outside, durable };
  const healthy = Object.values(checks).every(({ status }) => status !== 'failed');
  return json<HealthAnswer>(healthy ? 200 : 503, { status: healthy ? 'ok' : 'unhealthy', checks });
}

/** Anybody may ask, and no rate counts it: the task hub is asked at most this often. */
const DURABLE_ANSWER_HOLDS_MS = 10_000;

let durableAnswer: { readonly at: number; readonly check: Promise<HealthCheck> } | undefined;

function durableNow(client: DurableClient, warn: (reason: string) => void): Promise<HealthCheck> {
  const now = Date.now();
  if (durableAnswer === undefined || now - durableAnswer.at >= DURABLE_ANSWER_HOLDS_MS) {
    durableAnswer = { at: now, check: checkDurable(client, warn) };
  }
  return durableAnswer.check;
}

async function checkDurable(client: DurableClient, warn: (reason: string) => void): Promise<HealthCheck> {
  try {
    await client.getStatusBy({ runtimeStatus: [OrchestrationRuntimeStatus.Pending] });
    return { status: 'ok' };
  } catch (error) {
    warn(`The task hub could not be asked: ${error instanceof Error ? error.message : String(error)}`);
    return { status: 'failed', remedy: "Check the task hub's storage (AzureWebJobsStorage) and its roles." };
  }
}
