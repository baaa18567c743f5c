import type { AppFunction } from './app.ts';
import type { RpcCookie, RpcHttp, TypedData } from './functionsCore.ts';
import type { HostRequest, HostResponse } from './httpServer.ts';
import { headerOf } from './httpServer.ts';
import type { HostKeys } from './keys.ts';
import { isAuthorized } from './keys.ts';
import { parseRoute } from './routes.ts';

/** Runs a function. @throws what the function throws. */
export type RunTrigger = (
  fn: AppFunction,
  trigger: TypedData,
  triggerMetadata: Readonly<Record<string, TypedData>>,
) => Promise<TypedData | null | undefined>;

/** @returns undefined when no function has a route and method like the request's: the Functions host says 404 to both. */
export type HttpTriggers = (request: HostRequest) => Promise<HostResponse | undefined>;

export function httpTriggers(
  functions: Iterable<AppFunction>,
  routePrefix: string,
  keys: HostKeys,
  run: RunTrigger,
): HttpTriggers {
  const routes = [...functions]
    .filter((fn) => fn.trigger.type === 'httpTrigger')
    .map((fn) => ({ fn, methods: methodsOf(fn), route: parseRoute(`${routePrefix}/${routeOf(fn)}`) }))
    .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : a.route.precedence > b.route.precedence ? 1 : 0));

  return async (request) => {
    for (const { fn, methods, route } of routes) {
      if (!methods.includes(request.method)) continue;
      const params = route.match(request.url.pathname);
      if (params === undefined) continue;
      const accepted = acceptedKeys(fn.trigger['authLevel'], keys);
      if (
        accepted !== undefined &&
        !isAuthorized(headerOf(request, 'x-functions-key'), request.url.searchParams.get('code'), accepted)
      )
        return { status: 401 };
      const metadata = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }]));
      return toResponse(await run(fn, { http: toRpc(request, params) }, metadata));
    }
    return undefined;
  };
}

const routeOf = (fn: AppFunction) =>
  typeof fn.trigger['route'] === 'string' ? fn.trigger['route'].replace(/^\//, '') : fn.name;

function methodsOf(fn: AppFunction): string[] {
  const methods = fn.trigger['methods'];
  return Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : [];
}

/** @returns undefined for functions that anybody may call, as they are unless they say otherwise. */
function acceptedKeys(authLevel: unknown, keys: HostKeys): string[] | undefined {
  if (typeof authLevel !== 'string' || /^anonymous$/i.test(authLevel)) return undefined;
  return /^admin$/i.test(authLevel) ? [keys.master] : [keys.function, keys.master];
}

function toRpc(request: HostRequest, params: Readonly<Record<string, string>>): RpcHttp {
  const { searchParams } = request.url;
  return {
    url: request.url.href,
    method: request.method,
    headers: Object.fromEntries(Object.keys(request.headers).map((name) => [name, headerOf(request, name) ?? ''])),
    query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name).join(',')])),
    params,
    ...(request.body.length > 0 && { body: { bytes: request.body } }),
  };
}

function toResponse(result: TypedData | null | undefined): HostResponse {
  if (!result?.http) return { status: 204 };
  const { statusCode, headers, cookies, body } = result.http;
  return {
    status: Number(statusCode ?? 200),
    headers: { ...headers, ...(cookies?.length && { 'set-cookie': cookies.map(setCookie) }) },
    body: body?.bytes ?? body?.string ?? body?.json ?? '',
  };
}

function setCookie(cookie: RpcCookie): string {
  const sameSite = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' }[cookie.sameSite ?? 'none'];
  const seconds = cookie.expires?.value?.seconds;
  const attributes: [string, string | number | boolean | undefined][] = [
    ['Max-Age', cookie.maxAge?.value],
    ['Domain', cookie.domain?.value],
    ['Path', cookie.path?.value],
    ['Expires', seconds === undefined ? undefined : new Date(seconds * 1000).toUTCString()],
    ['Secure', cookie.secure?.value],
    ['HttpOnly', cookie.httpOnly?.value],
    ['SameSite', sameSite],
  ];
  return [
    `${cookie.name}=${cookie.value}`,
    ...attributes
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => (value === true ? name : `${name}=${value}`)),
  ].join('; ');
}
