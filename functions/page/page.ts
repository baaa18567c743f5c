import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { httpProblem, type HttpProblem } from '../http/problem.ts';
import { matches } from '../http/conditional.ts';
import { pageHeaders } from '../http/securityHeaders.ts';
import { pageAssets, type PageAsset } from './assets.ts';

/** GET /ui: what it loads is named relative to it, so it has one address, without a slash at the end. */
export function statusPage(request: HttpRequest): Promise<HttpResponseInit> {
  const { pathname } = new URL(request.url);
  return Promise.resolve(
    pathname.endsWith('/')
      ? { status: 308, headers: { ...pageHeaders, location: pathname.replace(/\/+$/, '').replace(/^\/+/, '/') } }
      : answer(request, 'index.html', 'no-cache'),
  );
}

/** GET /ui/{asset}: its name changes with its content, so it may be kept for good. */
export const statusPageAsset = (request: HttpRequest): Promise<HttpResponseInit> =>
  Promise.resolve(answer(request, request.params['asset'] ?? '', 'public, max-age=31536000, immutable'));

/** @throws HttpProblem 404 for what is no part of the page */
function answer(request: HttpRequest, name: string, cacheControl: string): HttpResponseInit {
  const asset = pageAssets().get(name);
  if (asset === undefined) throw missing(name);
  const { body, encoding } = bodyFor(asset, request.headers.get('accept-encoding') ?? '');
  const etag = `"${asset.tag}${encoding === undefined ? '' : `-${encoding}`}"`;
  const shared = { ...pageHeaders, 'cache-control': cacheControl, vary: 'accept-encoding', etag };
  if (matches(request, etag)) return { status: 304, headers: shared };
  return {
    status: 200,
    headers: {
      ...shared,
      'content-type': asset.type,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body,
  };
}

function bodyFor({ plain, brotli, gzip }: PageAsset, accepted: string): { body: Uint8Array; encoding?: 'br' | 'gzip' } {
  const takes = (encoding: string) =>
    accepted.split(',').some((one) => {
      const [name = '', quality = ''] = one.toLowerCase().split(';');
      return name.trim() === encoding && !/^\s*q=0(\.0*)?\s*$/.test(quality);
    });
  if (brotli !== undefined && takes('br')) return { body: brotli, encoding: 'br' };
  if (gzip !== undefined && takes('gzip')) return { body: gzip, encoding: 'gzip' };
  return { body: plain };
}

const missing = (name: string): HttpProblem =>
  pageAssets().size === 0
    ? httpProblem('page-not-built', 'This app was put together without its status page.')
    : httpProblem('page-part-not-found', `The status page has no part ${JSON.stringify(name.slice(0, 80))}.`);
