import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from './json.ts';
import type { LatencyKind } from './latencies.ts';

/** A request as local Azure sees it: URL and body read, nothing judged yet. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: JsonObject | readonly JsonObject[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What the request log says of a write that was accepted. */
  readonly write?: {
    readonly kind?: LatencyKind;
    readonly resourceId: string;
    readonly operationSeconds: number;
    /** Absent where nothing goes on after the answer. */
    readonly operationId?: string;
  };
  /** Who asked (object id), and which actions that takes, linked ones included. */
  readonly asked?: { readonly caller: string; readonly actions: readonly string[] };
  /** The connection breaks instead of the answer. */
  readonly reset?: boolean;
}

/** Where a write comes from: what its answer's URLs are made of. */
export interface Call {
  readonly origin: string;
  readonly apiVersion: string;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}
