import { ArmError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';

/** What a fault does to a request that it strikes; the numbers are those of Azure time. */
export type Fault =
  /** 429 of ARM itself. */
  | { readonly fault: 'throttled'; readonly retryAfterSeconds: number | undefined }
  /** 409: another operation runs, in the words of the resource's provider. */
  | { readonly fault: 'busy' }
  /** 412: the resource has changed since it was read. */
  | { readonly fault: 'outdated' }
  /** 500, 502, 503 or 504. */
  | { readonly fault: 'unavailable'; readonly status: number; readonly retryAfterSeconds: number | undefined }
  /** The connection breaks; nothing was done. */
  | { readonly fault: 'resetBefore' }
  /** The connection breaks once everything was done: the answer is lost. */
  | { readonly fault: 'resetAfter' }
  /** The answer comes this much later. */
  | { readonly fault: 'slow'; readonly seconds: number }
  /** The write is accepted, and its operation ends so; what was there before goes on working. */
  | {
      readonly fault: 'operationFails';
      readonly status: 'Failed' | 'Canceled';
      readonly code: string;
      readonly message: string;
    }
  /** The write is accepted, and its operation takes this long; without a number it never ends. */
  | { readonly fault: 'operationStalls'; readonly seconds: number }
  /** A read answers what it answered before; one that was never made is answered as it is. */
  | { readonly fault: 'stale' }
  /** 401 `ExpiredAuthenticationToken`; the token endpoints give no token. */
  | { readonly fault: 'unauthenticated' }
  /** 403 `AuthorizationFailed`, which names the action and the scope. */
  | { readonly fault: 'forbidden' }
  /** Refused for want of quota, in the words of the resource's provider. */
  | { readonly fault: 'quotaExceeded' };

/** Which requests a fault strikes, and how often. */
export interface FaultRule {
  /** `GET`, `PUT`, …; `POLL`: looks at operations alone, which `GET` leaves out. Absent: every request. */
  readonly method: string | undefined;
  /** A pattern in which `*` stands for anything, of the whole path without query, whatever its case; a poll's path is that of its resource. */
  readonly path: string;
  /** How many requests that fit are let through first. */
  readonly after: number;
  /** How many requests it strikes. */
  readonly times: number;
  /** Of a hundred requests that fit, so many are struck by 0.3: 30. Drawn from `seed`, so that a run can be repeated. */
  readonly probability: number;
  readonly seed: number;
  readonly fault: Fault;
}

const methods = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD', 'POLL'];
/** What never ends ends after this lifetime of nobody: a hundred years. */
const NEVER_SECONDS = 100 * 365 * 86_400;

const own: Readonly<Record<Fault['fault'], readonly string[]>> = {
  throttled: ['retryAfterSeconds'],
  busy: [],
  outdated: [],
  unavailable: ['status', 'retryAfterSeconds'],
  resetBefore: [],
  resetAfter: [],
  slow: ['seconds'],
  operationFails: ['status', 'code', 'message'],
  operationStalls: ['seconds'],
  stale: [],
  unauthenticated: [],
  forbidden: [],
  quotaExceeded: [],
};
const shared = ['method', 'path', 'after', 'times', 'probability', 'seed', 'fault'];

/** Reads `{ "rules": [ … ] }` from a control request. @throws ArmError 400 that names the rule, the member and the remedy */
export function parseFaultRules(body: JsonObject): readonly FaultRule[] {
  const { rules, ...others } = body;
  const [strange] = Object.keys(others);
  if (strange !== undefined) throw refused(`'${strange}' is unknown: send { "rules": [ … ] }`);
  if (!Array.isArray(rules)) throw refused('rules must be a list; an empty one ends every fault');
  return rules.map((rule: Json, index) => parseRule(rule, `rules[${index}]`));
}

function parseRule(rule: Json, at: string): FaultRule {
  if (!isObject(rule)) throw refused(`${at} must be an object`);
  const name = rule['fault'];
  if (!isFaultName(name)) throw refused(`${at}.fault must be one of ${Object.keys(own).join(', ')}`);
  const known = [...shared, ...own[name]];
  const strange = Object.keys(rule).find((member) => !known.includes(member));
  if (strange !== undefined) throw refused(`${at}.${strange} is unknown for ${name}: it takes ${known.join(', ')}`);
  const { method, path = '*' } = rule;
  if (method !== undefined && (typeof method !== 'string' || !methods.includes(method)))
    throw refused(`${at}.method must be one of ${methods.join(', ')}`);
  if (typeof path !== 'string' || path === '') throw refused(`${at}.path must be a pattern such as */azureFirewalls/*`);
  const number = numbersOf(rule, at);
  return {
    method,
    path,
    after: number('after', 0, isCount, 'a whole number, 0 or more'),
    times: number('times', Infinity, (value) => isCount(value) && value > 0, 'a whole number, 1 or more'),
    probability: number('probability', 1, (value) => value > 0 && value <= 1, 'more than 0 and at most 1'),
    seed: number('seed', 0, Number.isInteger, 'a whole number'),
    fault: parseFault(name, rule, at),
  };
}

function parseFault(name: Fault['fault'], rule: JsonObject, at: string): Fault {
  const number = numbersOf(rule, at);
  const seconds = (member: string, otherwise: number) => number(member, otherwise, (value) => value > 0, 'more than 0');
  const hint = rule['retryAfterSeconds'] === undefined ? undefined : seconds('retryAfterSeconds', 0);
  switch (name) {
    case 'throttled':
      return { fault: name, retryAfterSeconds: hint };
    case 'unavailable': {
      const status = number('status', 503, (value) => [500, 502, 503, 504].includes(value), '500, 502, 503 or 504');
      return { fault: name, status, retryAfterSeconds: hint };
    }
    case 'slow':
      return { fault: name, seconds: seconds('seconds', 30) };
    case 'operationStalls':
      return { fault: name, seconds: seconds('seconds', NEVER_SECONDS) };
    case 'operationFails':
      return operationFails(rule, at);
    case 'busy':
    case 'outdated':
    case 'resetBefore':
    case 'resetAfter':
    case 'stale':
    case 'unauthenticated':
    case 'forbidden':
    case 'quotaExceeded':
      return { fault: name };
  }
}

function operationFails(rule: JsonObject, at: string): Fault {
  const { status = 'Failed' } = rule;
  if (status !== 'Failed' && status !== 'Canceled') throw refused(`${at}.status must be Failed or Canceled`);
  const canceled = status === 'Canceled';
  const {
    code = canceled ? 'CanceledAndSupersededDueToAnotherOperation' : 'InternalServerError',
    message = canceled ? 'Operation was canceled and superseded by another operation.' : 'An error occurred.',
  } = rule;
  if (typeof code !== 'string' || typeof message !== 'string') throw refused(`${at}.code and message must be text`);
  return { fault: 'operationFails', status, code, message };
}

function numbersOf(rule: JsonObject, at: string) {
  return (member: string, otherwise: number, fits: (value: number) => boolean, what: string): number => {
    const value = rule[member];
    if (value === undefined) return otherwise;
    if (typeof value === 'number' && fits(value)) return value;
    throw refused(`${at}.${member} must be ${what}`);
  };
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0;

function isFaultName(value: Json | undefined): value is Fault['fault'] {
  return typeof value === 'string' && Object.hasOwn(own, value);
}

function refused(reason: string): ArmError {
  return new ArmError(400, 'InvalidRequestContent', `Faults: ${reason}.`);
}
