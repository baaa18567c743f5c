import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The keys of a function app: the host's master and function key, and the system keys of the two webhooks. */
export interface HostKeys {
  readonly master: string;
  readonly function: string;
  readonly durable: string;
  readonly eventGrid: string;
}

type KeyName = keyof HostKeys;

/**
 * @param given wins over what is stored; the rest is generated once.
 * @param path where generated keys are kept, so that links survive a restart; without it they end with the process.
 */
export function hostKeys(given: Partial<HostKeys>, path: string | undefined): HostKeys {
  const stored = path !== undefined && existsSync(path) ? readKeys(path) : {};
  const key = (name: KeyName) => given[name] ?? stored[name] ?? randomBytes(32).toString('base64url');
  const keys = {
    master: key('master'),
    function: key('function'),
    durable: key('durable'),
    eventGrid: key('eventGrid'),
  };
  if (path !== undefined && JSON.stringify(stored) !== JSON.stringify(keys)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(keys), { mode: 0o600 });
  }
  return keys;
}

function readKeys(path: string): Partial<HostKeys> {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

/**
 * @param header the request's `x-functions-key`.
 * @param query its `code`.
 * @returns whether one of them is among the accepted keys.
 */
export function isAuthorized(header: string | undefined, query: string | null, accepted: readonly string[]): boolean {
  const presented = header ?? query;
  return presented !== undefined && presented !== null && accepted.some((key) => sameKey(key, presented));
}

function sameKey(expected: string, presented: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(presented)];
  return a.length === b.length && timingSafeEqual(a, b);
}
