import { isJsonObject, isList, jsonAt, stringAt, type JsonObject } from '../model/json.ts';
import type { ClusterAccess } from './credentials.ts';
import { incomplete, type ListFailureCode, type RawServiceList } from './serviceList.ts';

/** What kubectl asks for at once; the API server's memory is what it spares. */
const PAGE_SIZE = 500;

/**
 * Lists the services of all namespaces, page by page, as the API server wrote them: the client's models turn times into
 * dates and drop what they do not know. Its transport is used as it is, with the cluster's authority and nobody else's.
 *
 * A continue token lives as long as the revision it stands for (5 to 15 minutes, less after a compaction). When it has
 * expired, the list is read once more from the start; going on with the newer token of the refusal would mix two moments.
 *
 * @param options `deadlineSeconds`: for the whole list, however many pages it has
 * @returns never throws for what the API server does or doesn't; a list that is not complete carries no items
 */
export async function listServices(
  access: ClusterAccess,
  options: { readonly deadlineSeconds: number },
): Promise<RawServiceList> {
  const read = await pageReader(access, AbortSignal.timeout(options.deadlineSeconds * 1000));
  try {
    const first = await readPages(read);
    return first === 'expired' ? await again(read) : first;
  } finally {
    await read.close();
  }
}

async function again(read: PageReader): Promise<RawServiceList> {
  const second = await readPages(read);
  return second === 'expired'
    ? incomplete('partial', 'partial', 'The list of services expired twice while it was read.')
    : second;
}

async function readPages(read: PageReader): Promise<RawServiceList | 'expired'> {
  const items: unknown[] = [];
  for (let next: string | undefined = ''; next !== undefined;) {
    const page: Page = await read.page(next);
    if (page.state === 'expired' && next !== '') return 'expired';
    if (page.state !== 'read') {
      const { code, reason } = page.state === 'expired' ? { code: 'partial' as const, reason: page.reason } : page;
      return incomplete(items.length > 0 ? 'partial' : 'failed', code, reason);
    }
    items.push(...page.items);
    if (page.next === next) {
      return incomplete('partial', 'partial', 'The API server answered the same page of services again and again.');
    }
    next = page.next;
  }
  return { state: 'complete', items };
}

type Page =
  | { readonly state: 'read'; readonly items: readonly unknown[]; readonly next: string | undefined }
  | { readonly state: 'expired'; readonly reason: string }
  | {
      readonly state: 'failed';
      readonly code: ListFailureCode;
      readonly reason: string;
    };

interface PageReader {
  page(continueToken: string): Promise<Page>;
  close(): Promise<void>;
}

/** Reads pages over connections that `close` gives up. */
async function pageReader(access: ClusterAccess, signal: AbortSignal): Promise<PageReader> {
  const { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } = await import('./clientSdk.ts');
  const request = new RequestContext(access.server, HttpMethod.GET);
  await access.authenticate(request);
  request.setHeaderParam('accept', 'application/json');
  // The typed API's own option of this name has no effect; the transport's has, down to a body that stops coming.
  request.setSignal(signal);
  const transport = new IsomorphicFetchHttpLibrary();
  return {
    page: async (continueToken) => {
      const url = new URL('/api/v1/services', access.server);
      url.searchParams.set('limit', String(PAGE_SIZE));
      if (continueToken !== '') url.searchParams.set('continue', continueToken);
      request.setUrl(url.href);
      try {
        const response = await transport.send(request).toPromise();
        return pageOf(response.httpStatusCode, await response.body.text());
      } catch (error) {
        return signal.aborted ? timedOut() : connectionFailure(error);
      }
    },
    close: async () => request.getDispatcher()?.destroy(),
  };
}

function pageOf(status: number, text: string): Page {
  const body = parsed(text);
  if (status === 200) return listed(body);
  const message = stringAt(body, 'message') ?? text.slice(0, 200);
  const reason = `The API server answered ${status}: ${message}`;
  if (status === 410) return { state: 'expired', reason };
  if (status === 403) return { state: 'failed', code: 'forbidden', reason };
  if (status === 429 || status >= 500) return { state: 'failed', code: 'unreachable', reason };
  return { state: 'failed', code: 'refused', reason };
}

function listed(body: JsonObject | undefined): Page {
  const items = body?.['items'] ?? [];
  if (body?.['kind'] !== 'ServiceList' || !isList(items)) {
    const reason = 'The API server answered something that is no list of services, or only a part of one.';
    return { state: 'failed', code: 'partial', reason };
  }
  const next = jsonAt(body, 'metadata', 'continue') ?? '';
  if (typeof next !== 'string') {
    const reason = 'The API server answered a list of services whose continue token is none.';
    return { state: 'failed', code: 'partial', reason };
  }
  return { state: 'read', items, next: next === '' ? undefined : next };
}

const timedOut = (): Page => ({
  state: 'failed',
  code: 'timeout',
  reason: 'The API server did not answer in full within the time allowed.',
});

function connectionFailure(error: unknown): Page {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  // The headers had come: the body broke off.
  const brokeOff = error instanceof Error && error.message === 'terminated';
  const reason = `The connection to the API server failed: ${message}${code === '' ? '' : ` (${code})`}.`;
  return { state: 'failed', code: brokeOff ? 'partial' : 'unreachable', reason };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    // What is no JSON is told by its absence, in words that fit the status.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
