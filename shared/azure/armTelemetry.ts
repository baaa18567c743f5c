import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { count, observe } from '../telemetry/instruments.ts';
import { currentScope, log } from '../telemetry/scope.ts';
import { startSpan } from '../telemetry/spans.ts';

/**
 * Counts, traces and logs each request, and sends the ids by which Azure's support finds it: the pipeline's own
 * `x-ms-client-request-id`, one for each request, and `x-ms-correlation-request-id`, one for all requests of a pass.
 * Of a URL the path alone is told: operation URLs are signed in their query.
 */
export const armTelemetry: PipelinePolicy = {
  name: 'gatehouseTelemetry',
  sendRequest: async (request, next) => {
    const { method } = request;
    const { hostname, pathname } = new URL(request.url);
    const { provider, type } = targetOf(pathname);
    const scope = currentScope();
    if (scope !== undefined) request.headers.set('x-ms-correlation-request-id', scope.correlationId);
    const parent = scope?.span?.traceparent;
    const span = await startSpan(
      parent === undefined
        ? undefined
        : {
            name: `${method} ${type}`,
            kind: 'client',
            parent,
            attributes: {
              'http.request.method': method,
              'url.path': pathname,
              'server.address': hostname,
              'azure.resource_provider.namespace': provider,
              'azure.client.id': request.requestId,
            },
          },
    );
    const began = performance.now();
    let status = 'none';
    let serviceRequestId: string | undefined;
    try {
      const response = await next(request);
      status = String(response.status);
      serviceRequestId = response.headers.get('x-ms-request-id');
      span?.set({ 'http.response.status_code': response.status, 'azure.service.request.id': serviceRequestId });
      if (response.status >= 400) span?.fail(status);
      return response;
    } catch (error) {
      span?.fail(error instanceof Error ? error.name : 'Error');
      throw error;
    } finally {
      span?.end();
      const seconds = (performance.now() - began) / 1000;
      count('gatehouse_arm_requests_total', { method, provider, status });
      if (status === '429') count('gatehouse_arm_throttled_requests_total', { provider });
      observe('gatehouse_arm_request_seconds', { method, provider }, seconds);
      const ids = { clientRequestId: request.requestId, serviceRequestId };
      log('debug', `${method} ${pathname} → ${status}`, { seconds: Number(seconds.toFixed(3)), ...ids });
    }
  },
};

/** The last provider in a path is the one that answers; what has none is a resource group's, or a subscription's. */
function targetOf(path: string): { readonly provider: string; readonly type: string } {
  const [, provider = 'Microsoft.Resources', type = 'resources'] = /^.*\/providers\/([\w.]+)\/(\w+)/i.exec(path) ?? [];
  return { provider, type };
}
