import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';

/**
 * The answer with an ETag, or 304 to a caller who has it already (RFC 9110, 13.1.2). Whoever watches an environment asks every
 * second or two, and hardly ever is there anything new. The caller keeps the answer; no cache on the way does.
 */
export function conditional(request: HttpRequest, answer: HttpResponseInit): HttpResponseInit {
  if (request.method !== 'GET' || answer.status !== 200 || typeof answer.body !== 'string') return answer;
  const etag = `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 22)}"`;
  const tagged = { ...answer, headers: { ...answer.headers, etag } };
  if (!matches(request, etag)) return tagged;
  const { body: _known, ...unchanged } = tagged;
  return { ...unchanged, status: 304 };
}

/** Whether the caller has what the tag stands for. Gateways that compress make strong tags weak, which still are the same. */
export function matches(request: HttpRequest, etag: string): boolean {
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
