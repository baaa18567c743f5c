import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { KEEP_ALIVE_MS } from '../keepAlive.ts';
import type { Log } from './logging.ts';
import { describeThrown } from './thrown.ts';

/** One request, read whole. */
export interface HostRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HostResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

export type RequestHandler = (request: HostRequest) => Promise<HostResponse>;

export interface HttpServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** The limit of Azure Functions for a request body. */
const MAX_BODY_BYTES = 104_857_600;

/** Bad input to any of the host's own endpoints. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

/** @returns a JSON answer as the host and its extensions give it. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HostResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

/** @returns one header's value; a repeated one joined. */
export function headerOf(request: HostRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** @throws BadRequestError when the body is no JSON. */
export function jsonBody(request: HostRequest): unknown {
  if (request.body.length === 0) return undefined;
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    throw new BadRequestError('Invalid JSON content', { cause: error });
  }
}

/** Listens on loopback only. @param port 0 picks one. */
export async function listen(port: number, handle: RequestHandler, log: Log): Promise<HttpServer> {
  const server = http.createServer((request, response) => {
    void answer(request, handle, log).then((reply) => send(response, request.method, reply, log));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function answer(request: http.IncomingMessage, handle: RequestHandler, log: Log): Promise<HostResponse> {
  try {
    const url = URL.parse(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    if (url === null) return { status: 400 };
    const body = await readBody(request);
    if (body === undefined) return { status: 413, headers: { connection: 'close' } };
    return await handle({ method: request.method ?? 'GET', url, headers: request.headers, body });
  } catch (error) {
    if (error instanceof BadRequestError) return json(400, { Message: error.message });
    // A sender that hangs up in the middle of its body is nobody's error, and hears no answer.
    if (!request.destroyed || request.complete) log('error', 'http', describeThrown(error));
    return { status: 500 };
  }
}

/** @returns undefined when the body is larger than Azure allows. */
async function readBody(request: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: http.ServerResponse, method: string | undefined, reply: HostResponse, log: Log): void {
  if (response.destroyed) return;
  const body = reply.body ?? '';
  const hasBody = reply.status !== 204 && reply.status !== 304;
  try {
    for (const [name, value] of Object.entries(reply.headers ?? {}))
      response.setHeader(name, typeof value === 'string' ? value : [...value]);
    if (hasBody && !response.hasHeader('content-length')) response.setHeader('content-length', Buffer.byteLength(body));
    response.writeHead(reply.status);
  } catch (error) {
    // Status, headers and cookies come from functions, and may hold what HTTP can't carry.
    log('error', 'http', describeThrown(error));
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(500).end();
    return;
  }
  response.end(hasBody && method !== 'HEAD' ? body : undefined);
}
