import type { Json, JsonObject } from './json.ts';
import type { LatencyKind } from './latencies.ts';

export interface LoggedRequest {
  readonly sequence: number;
  /** Epoch ms, Azure time, at arrival. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | null;
  readonly status: number;
  readonly write: boolean;
  readonly kind?: LatencyKind;
  readonly resourceId?: string;
  readonly operationSeconds?: number;
  readonly requestBody?: Json;
}

const KEPT = 100_000;

/** Every request to ARM, oldest first; what tests and benchmarks count writes and reads by. */
export function requestLog() {
  const requests: LoggedRequest[] = [];
  let sequence = 0;
  return {
    add(request: Omit<LoggedRequest, 'sequence'>): void {
      requests.push({ sequence: ++sequence, ...request });
      if (requests.length > KEPT) requests.splice(0, KEPT / 10);
    },
    since: (after: number): readonly JsonObject[] =>
      requests.filter((request) => request.sequence > after).map((request) => ({ ...request })),
  };
}

export type RequestLog = ReturnType<typeof requestLog>;
