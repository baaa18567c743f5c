import { compact, type Json, type JsonObject } from './json.ts';
import type { LatencyKind } from './latencies.ts';

export interface LoggedRequest {
  readonly sequence: number;
  /** Epoch ms, Azure time, at arrival. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | null;
  /** 0: the connection was broken before anything was done. */
  readonly status: number;
  readonly write: boolean;
  readonly kind?: LatencyKind;
  readonly resourceId?: string;
  readonly operationSeconds?: number;
  /** Object id of who asked; absent where that was not known. */
  readonly caller?: string;
  /** What the caller needs to be allowed for it, linked actions included. */
  readonly actions?: readonly string[];
  /** What a rule did to it. */
  readonly fault?: string;
  readonly requestBody?: Json;
}

const KEPT_REQUESTS = 5_000;
const KEPT_BODIES = 150;

/**
 * The requests to ARM, oldest first; what tests and benchmarks count writes and reads by. Bodies of old writes go first.
 *
 * @param onRequest hears of each one as it is logged, with its body
 */
export function requestLog(onRequest?: (request: LoggedRequest) => void) {
  const requests: Omit<LoggedRequest, 'requestBody'>[] = [];
  const bodies = new Map<number, Json>();
  let sequence = 0;
  return {
    add({ requestBody, ...request }: Omit<LoggedRequest, 'sequence'>): void {
      requests.push({ sequence: ++sequence, ...request });
      onRequest?.({ sequence, ...request, ...(requestBody === undefined ? {} : { requestBody }) });
      if (requestBody !== undefined) bodies.set(sequence, requestBody);
      if (requests.length > KEPT_REQUESTS) requests.splice(0, KEPT_REQUESTS / 10);
      for (const old of bodies.keys()) {
        if (bodies.size <= KEPT_BODIES) break;
        bodies.delete(old);
      }
    },
    since: (after: number): readonly JsonObject[] =>
      requests
        .filter((request) => request.sequence > after)
        .map((request) => compact({ ...request, requestBody: bodies.get(request.sequence) })),
  };
}

export type RequestLog = ReturnType<typeof requestLog>;
