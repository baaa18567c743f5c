import type { JsonObject } from '../model/json.ts';
import type { ClusterAccess } from './credentials.ts';

/** What became of an event: `refused` needs somebody to act, `failed` may pass. */
export type EventOutcome = 'noted' | 'refused' | 'failed';

/**
 * Puts events on objects, as `kubectl describe` shows them.
 *
 * @param events of the kind `v1` Event, each with a name and a namespace; one that is there already counts as noted
 * @returns what became of each, in their order; never throws for what the API server does or doesn't
 */
export async function createEvents(
  access: ClusterAccess,
  events: readonly JsonObject[],
  options: { readonly deadlineSeconds: number },
): Promise<readonly EventOutcome[]> {
  const { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } = await import('./clientSdk.ts');
  const signal = AbortSignal.timeout(options.deadlineSeconds * 1000);
  const request = new RequestContext(access.server, HttpMethod.POST);
  await access.authenticate(request);
  request.setHeaderParam('accept', 'application/json');
  request.setHeaderParam('content-type', 'application/json');
  request.setSignal(signal);
  const transport = new IsomorphicFetchHttpLibrary();
  const outcomes: EventOutcome[] = [];
  try {
    for (const event of events) {
      const { namespace } = event['metadata'] as { readonly namespace: string };
      request.setUrl(new URL(`/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, access.server).href);
      request.setBody(JSON.stringify(event));
      try {
        const response = await transport.send(request).toPromise();
        await response.body.text();
        outcomes.push(outcomeOf(response.httpStatusCode));
      } catch {
        // Nothing hangs on an event: what it tells is in every answer of the app as well, and it is tried again.
        outcomes.push('failed');
      }
    }
    return outcomes;
  } finally {
    await request.getDispatcher()?.destroy();
  }
}

function outcomeOf(status: number): EventOutcome {
  // 409: an attempt before this one has come through. A namespace that is going takes no events either, with 403.
  if (status < 300 || status === 409) return 'noted';
  return status === 401 || status === 403 || status === 404 ? 'refused' : 'failed';
}
