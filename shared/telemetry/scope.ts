import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogLevel } from '../model/logLevel.ts';
import type { ActiveSpan } from './tracing.ts';

/** What a line of the log and a request to Azure are about. */
export interface ScopeFields {
  readonly function: string;
  readonly environment?: string;
  readonly graph?: string;
  readonly step?: string;
}

/** The invocation that runs: known to everything that it calls, however deep. */
export interface Scope {
  readonly fields: ScopeFields;
  readonly span?: ActiveSpan;
  /** Sent to Azure as `x-ms-correlation-request-id`: of the pass where that is traced, else of the invocation. */
  readonly correlationId: string;
  readonly log: (level: LogLevel, message: string) => void;
}

const scopes = new AsyncLocalStorage<Scope>();

export const currentScope = (): Scope | undefined => scopes.getStore();

export const inScope = <T>(scope: Scope, work: () => T): T => scopes.run(scope, work);

/** `traceparent` of what runs now; undefined where nothing is traced. */
export const currentTraceparent = (): string | undefined => currentScope()?.span?.traceparent;

/** A message with the trace of what runs now, for whoever it is sent to. */
export function withTrace<T extends object>(message: T): T & { readonly trace?: string } {
  const trace = currentTraceparent();
  return trace === undefined ? message : { ...message, trace };
}

/** Runs later what is handed over now, as a part of what runs now. */
export const boundToScope = <A extends unknown[], R>(work: (...args: A) => R): ((...args: A) => R) =>
  AsyncLocalStorage.bind(work);

/**
 * A line of the log: a sentence for people, then JSON for queries, with what it is about. Lines of lower levels than
 * `GATEHOUSE_LOG_LEVEL` are left out.
 */
export function log(level: LogLevel, message: string, details: Readonly<Record<string, unknown>> = {}): void {
  const scope = currentScope();
  if (scope === undefined) return;
  const { fields, correlationId, span } = scope;
  const trace = span === undefined ? {} : { traceId: span.traceId };
  scope.log(level, `${message} ${JSON.stringify({ ...fields, ...trace, correlationId, ...details })}`);
}
