import type { AppFunction } from './app.ts';
import type { TypedData } from './functionsCore.ts';
import type { HostRequest, HostResponse } from './httpServer.ts';
import { BadRequestError, headerOf, json, jsonBody } from './httpServer.ts';
import type { HostKeys } from './keys.ts';
import { isAuthorized } from './keys.ts';
import { timerData } from './timers.ts';

export interface AdminOptions {
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly keys: HostKeys;
  readonly now: () => number;
  /** Never rejects: the host has logged what the function threw. */
  readonly run: (fn: AppFunction, trigger: TypedData) => Promise<void>;
}

/** The admin endpoints of the Functions host that people use: is it up, and run this function now. */
export function handleAdmin(request: HostRequest, { functions, keys, now, run }: AdminOptions): HostResponse {
  const path = request.url.pathname.toLowerCase();
  if (path === '/admin/host/ping') return { status: 200 };
  if (!isAuthorized(headerOf(request, 'x-functions-key'), request.url.searchParams.get('code'), [keys.master]))
    return { status: 401 };
  if (path === '/admin/host/status' && request.method === 'GET')
    return json(200, {
      id: 'local',
      state: 'Running',
      version: '4',
      processUptime: Math.round(process.uptime() * 1000),
    });

  const name = /^\/admin\/functions\/([^/]+)$/i.exec(request.url.pathname)?.[1];
  if (name === undefined || request.method !== 'POST') return { status: 404 };
  const fn = [...functions.values()].find((fn) => fn.name.toLowerCase() === name.toLowerCase());
  if (fn === undefined) return { status: 404 };
  void run(fn, triggerData(fn, request, now()));
  return { status: 202 };
}

function triggerData(fn: AppFunction, request: HostRequest, nowMs: number): TypedData {
  switch (fn.trigger.type) {
    case 'timerTrigger':
      return timerData(nowMs);
    case 'httpTrigger':
    case 'orchestrationTrigger':
    case 'entityTrigger':
      throw new BadRequestError(
        `The ${fn.trigger.type} of '${fn.name}' can't be run from here: call its route, or start it.`,
      );
    default:
      return { string: inputOf(request) };
  }
}

function inputOf(request: HostRequest): string {
  const body = jsonBody(request);
  const input = typeof body === 'object' && body !== null && 'input' in body ? body.input : null;
  return typeof input === 'string' ? input : JSON.stringify(input);
}
