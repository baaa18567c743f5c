/**
 * A long-running ARM operation that has been accepted. Small on purpose, since it lives in an orchestration's history;
 * the SDKs' serialized pollers hold whole resources.
 */
export interface OperationRecord {
  readonly resourceId: string;
  /** To be polled verbatim: it may carry a signature (`t`, `c`, `s`, `h`), so it is redacted in logs and statuses. */
  readonly operationUrl: string;
  /** ISO 8601, UTC. */
  readonly acceptedAt: string;
}
