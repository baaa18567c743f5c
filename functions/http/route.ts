import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { Access } from './roles.ts';

type Handler = (request: HttpRequest, client: DurableClient, context: InvocationContext) => Promise<HttpResponseInit>;

/** What a body holds; each kind has its schema in shared/model. */
type BodyKind = 'spec' | 'grant' | 'approval';

/** What an answer that is no refusal holds. */
type AnswerKind =
  | 'accepted'
  | 'drift'
  | 'environment'
  | 'environments'
  | 'explanation'
  | 'granted'
  | 'health'
  | 'metrics'
  | 'openApi'
  | 'page'
  | 'plan'
  | 'services';

/** One HTTP function: what is registered, what guards it, and what is told about it. */
export interface Route {
  /** Of the function, as the host and the audit records show it. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the route prefix, e.g. `environments/{name}`. */
  readonly path: string;
  /** The role that a caller needs, or `open` for everybody. */
  readonly access: Access;
  /** One line for people. */
  readonly summary: string;
  /** What is read of the body; a route without one reads none. */
  readonly body?: { readonly kind: BodyKind; readonly required: boolean };
  /** Query parameters, each `true` or `false` unless it is text. */
  readonly query?: Readonly<Record<string, 'flag' | 'text'>>;
  /** Answers that are no refusals, by status. */
  readonly answers: Readonly<Record<number, AnswerKind>>;
  /** Refusals of its own; those of every route are in `commonRefusals`. */
  readonly refusals: readonly number[];
  readonly handler: Handler;
}

/** What any route but an open one may refuse with: see docs/http.md. */
export const commonRefusals: readonly number[] = [401, 403, 413, 414, 429, 500, 502, 503];

/** What any open route may refuse with. */
export const openRefusals: readonly number[] = [413, 414, 500];

/** Whether it answers 304 to whoever has its answer already. */
export const isConditional = ({ method, answers }: Route): boolean => method === 'GET' && 200 in answers;
