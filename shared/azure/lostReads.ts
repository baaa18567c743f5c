import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** What a connection ends with that the other side has closed while a request was on its way into it. */
const lost = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Sends a read again, once and at once, whose connection was closed under it. Connections are kept for the next request, and
 * whoever listens closes one that nobody has used for a while: just then a request may be sent into it. Nobody should wait or be told
 * for that. Whatever is lost twice, and every write, is for the caller to judge.
 */
export const repeatLostReads: PipelinePolicy = {
  name: 'gatehouseRepeatLostReads',
  sendRequest: async (request, next) => {
    try {
      return await next(request);
    } catch (error) {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (!isRead || typeof code !== 'string' || !lost.has(code) || request.abortSignal?.aborted === true) throw error;
      return next(request);
    }
  },
};
