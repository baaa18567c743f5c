import { neededAction, type NeededAction } from '../authorization/neededAction.ts';
import { ArmError, aksError } from '../errors.ts';
import type { Answer, Request } from '../http.ts';
import { fractionOf } from '../latencies.ts';
import { parsePath } from '../resourceId.ts';
import type { Operation } from '../store.ts';
import type { Fault, FaultRule } from './faultRule.ts';

/** Decides which requests go wrong. Rules are asked in their order, and the first one that strikes is the only one. */
export interface Faults {
  /** Replaces all rules; their counts start afresh. */
  set(rules: readonly FaultRule[]): void;
  /** Every rule with how many requests fitted and how many were struck. */
  describe(): readonly { readonly rule: FaultRule; readonly fitted: number; readonly struck: number }[];
  /** @param operation what a poll asks for, if it is one */
  strike(request: Request, operation: Operation | undefined): Fault | undefined;
  /** Keeps what a read was answered, for as long as some rule may want it again. */
  remember(request: Request, answer: Answer): void;
  /** What a read was answered before. */
  before(request: Request): Answer | undefined;
}

export function createFaults(): Faults {
  let entries: { readonly rule: FaultRule; readonly pattern: RegExp; fitted: number; struck: number }[] = [];
  const answers = new Map<string, Answer>();

  const before = ({ url }: Request) => answers.get(url.pathname.toLowerCase());
  return {
    set: (rules) => {
      entries = rules.map((rule) => ({ rule, pattern: patternOf(rule.path), fitted: 0, struck: 0 }));
      if (!entries.some(({ rule }) => rule.fault.fault === 'stale')) answers.clear();
    },
    describe: () => entries.map(({ rule, fitted, struck }) => ({ rule, fitted, struck })),
    strike: (request, operation) => {
      const poll = operation !== undefined;
      const method = poll ? 'POLL' : request.method;
      const path = operation?.resourceId ?? request.url.pathname;
      for (const [index, entry] of entries.entries()) {
        const { rule, pattern } = entry;
        const { fault } = rule.fault;
        if (rule.method !== undefined && rule.method !== method) continue;
        if (!pattern.test(path) || !canStrike(fault, request, poll)) continue;
        if (fault === 'stale' && before(request) === undefined) continue;
        entry.fitted++;
        if (entry.fitted <= rule.after || entry.struck >= rule.times) continue;
        if (fractionOf(rule.seed, index, entry.fitted) >= rule.probability) continue;
        entry.struck++;
        return rule.fault;
      }
      return undefined;
    },
    remember: (request, answer) => {
      if (request.method !== 'GET' || answer.status !== 200) return;
      if (entries.some(({ rule }) => rule.fault.fault === 'stale'))
        answers.set(request.url.pathname.toLowerCase(), answer);
    },
    before,
  };
}

/** Some faults are none of some requests: a read starts no operation, and a write can't be stale. */
function canStrike(fault: Fault['fault'], { method }: Request, poll: boolean): boolean {
  if (fault === 'operationFails' || fault === 'operationStalls') return method === 'PUT' || method === 'DELETE';
  return fault !== 'stale' || (method === 'GET' && !poll);
}

function patternOf(glob: string): RegExp {
  const source = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 'i');
}

/** The refusal with which a fault answers in place of the one who would; undefined where it only spoils the answer. */
export function refusalOf(fault: Fault, { method, url }: Request): ArmError | undefined {
  const aks = /\/providers\/Microsoft\.ContainerService\//i.test(url.pathname);
  switch (fault.fault) {
    case 'throttled':
      return new ArmError(429, 'SubscriptionRequestsThrottled', 'Number of requests exceeded.', hint(fault));
    case 'busy':
      return aks
        ? aksError(409, 'OperationNotAllowed', 'Operation is not allowed: Another operation (Updating) is in progress.')
        : new ArmError(
            409,
            'AnotherOperationInProgress',
            'Another operation on this or dependent resource is in progress.',
          );
    case 'outdated':
      return new ArmError(412, 'PreconditionFailed', 'The condition of the request was not met.');
    case 'unavailable':
      return new ArmError(
        fault.status,
        unavailableCodes[fault.status] ?? '',
        'The service can not answer.',
        hint(fault),
      );
    case 'unauthenticated':
      return new ArmError(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than now.');
    case 'forbidden': {
      const { action, scope } = needed(method, url.pathname);
      return new ArmError(
        403,
        'AuthorizationFailed',
        `The client 'local' with object id 'local' does not have authorization to perform action '${action}' ` +
          `over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      );
    }
    case 'quotaExceeded':
      return aks
        ? aksError(400, 'ErrCode_InsufficientVCPUQuota', 'Insufficient regional vcpu quota left for location eastus.')
        : new ArmError(400, 'QuotaExceeded', 'The request would exceed the quota of the subscription in eastus.');
    case 'resetBefore':
    case 'resetAfter':
    case 'slow':
    case 'operationFails':
    case 'operationStalls':
    case 'stale':
      return undefined;
  }
}

/** What 5xx are called; 502 and 503 so in recordings. */
const unavailableCodes: Readonly<Record<number, string>> = {
  500: 'InternalServerError',
  502: 'BadGatewayConnection',
  503: 'ServerTimeout',
  504: 'GatewayTimeout',
};

const hint = ({ retryAfterSeconds }: { readonly retryAfterSeconds: number | undefined }) =>
  retryAfterSeconds === undefined ? {} : { headers: { 'Retry-After': String(retryAfterSeconds) } };

/** A request below no subscription is none of a role's; it is refused as reading what there is. */
function needed(method: string, pathname: string): NeededAction {
  const path = parsePath(pathname);
  return path === undefined
    ? { action: 'Microsoft.Resources/subscriptions/read', scope: pathname }
    : neededAction(method, pathname, path);
}

/** An operation as a fault lets it go on. */
export function spoiled(operation: Operation, fault: Fault): Operation {
  if (fault.fault === 'operationStalls') {
    const endsAt = operation.startedAt + fault.seconds * 1000;
    return { ...operation, endsAt, effects: operation.effects.map((effect) => ({ ...effect, at: endsAt })) };
  }
  if (fault.fault !== 'operationFails') return operation;
  const { status, code, message } = fault;
  const last = operation.effects.at(-1);
  // Of a group's deletion everything is gone but the last, which is the group.
  const effects = operation.effects.map((effect) =>
    effect === last ? ({ ...effect, action: 'fail', state: status } as const) : effect,
  );
  return { ...operation, effects, failure: { status, code, message } };
}
