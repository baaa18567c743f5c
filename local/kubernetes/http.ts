import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from './json.ts';
import { decodeProtobuf } from './protobuf.ts';
import { badRequest, StatusError, unsupportedMediaType } from './statuses.ts';
import type { Stream } from './watch.ts';

/** A request with its body read, nothing judged yet. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
  /** Without parameters; JSON when none is named. */
  readonly mediaType: string;
  readonly userAgent: string;
  readonly bytes: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
  readonly text?: string;
  readonly stream?: Stream;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
  /** Of a list, which page it is. */
  readonly page?: number;
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const MAX_BODY_BYTES = 3 * 1024 * 1024;

export async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
    }
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? '/', 'https://127.0.0.1');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname.replace(/(.)\/$/, '$1'),
    query: url.searchParams,
    accept: incoming.headers.accept,
    mediaType: (incoming.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '',
    userAgent: incoming.headers['user-agent'] ?? 'unknown',
    bytes: Buffer.concat(chunks),
  };
}

/** The body, from JSON, YAML or protobuf, whatever shape it has; a patch may be a list. */
export function parsedBody({ bytes, mediaType }: Request): Json {
  if (mediaType === PROTOBUF) return decodeProtobuf(bytes);
  const text = bytes.toString('utf8');
  try {
    if (mediaType.endsWith('json')) return JSON.parse(text) as Json;
    if (mediaType.endsWith('yaml')) return parse(text) as Json;
  } catch (error) {
    throw badRequest(`couldn't parse the body: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw unsupportedMediaType(['application/json', 'application/yaml', PROTOBUF]);
}

/** The body as an object; an empty one counts as {} where that is allowed. */
export function objectBody(request: Request, emptyIsFine = false): JsonObject {
  if (emptyIsFine && request.bytes.length === 0) return {};
  const body = parsedBody(request);
  if (!isObject(body)) throw badRequest('the body must be an object');
  return body;
}

/** Sends an answer; of one to be cut, half the body goes out before the connection breaks. */
export function sendAnswer(response: ServerResponse, answer: Answer, isCut: boolean): void {
  const { status, body, text, stream, warnings = [] } = answer;
  const content = text ?? (body === undefined ? '' : `${JSON.stringify(body)}\n`);
  const type = answer.contentType ?? (text === undefined ? 'application/json' : 'text/plain; charset=utf-8');
  response.writeHead(status, {
    'Cache-Control': 'no-cache, private',
    'Content-Type': type,
    ...(stream === undefined ? { 'Content-Length': Buffer.byteLength(content) } : {}),
    ...(warnings.length === 0 ? {} : { Warning: warnings.map((warning) => `299 - ${JSON.stringify(warning)}`) }),
    ...answer.headers,
  });
  if (isCut) {
    response.write(content.slice(0, content.length / 2), () => response.destroy());
  } else if (stream === undefined) response.end(content);
  else {
    response.flushHeaders();
    const stop = stream(
      (line) => void response.write(`${JSON.stringify(line)}\n`),
      () => response.end(),
    );
    response.on('close', stop);
  }
}
