import { createHash } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import { principalIn } from './clientPrincipal.ts';
import { httpProblem, type HttpProblem } from './problem.ts';
import { isPermitted, sufficientRoles, type Access, type Role } from './roles.ts';

/** Who calls, as far as it has been proven. */
export type Caller =
  | {
      readonly kind: 'principal';
      /** Object id in the directory. */
      readonly id: string;
      readonly name?: string;
      readonly roles: readonly Role[];
    }
  /** The Functions host has checked the key, and tells neither its name nor whose it is; `id` is a fingerprint of it. */
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'anyone' };

/** How callers prove who they are: by a key that the Functions host checks, or by a sign-in that App Service checks. */
export type AuthMode = 'keys' | 'entra';

/**
 * The mode that functions are registered for, when the app is loaded: it decides what the host itself asks for. Anything
 * but `entra` keeps the host asking for keys; a value that is neither is refused with the other settings, request by request.
 */
export const registeredMode = (): AuthMode => (process.env['GATEHOUSE_AUTH'] === 'entra' ? 'entra' : 'keys');

/** What the host asks for, given the mode: it knows keys alone. */
export const authLevelOf = (access: Access, mode: AuthMode): 'anonymous' | 'function' =>
  mode === 'entra' || access === 'open' ? 'anonymous' : 'function';

/**
 * Who sent a request.
 *
 * @throws HttpProblem 401 for nobody, 503 where a sign-in is asked for and App Service does not check any
 */
export function callerOf({ headers, query }: HttpRequest, access: Access, mode: AuthMode): Caller {
  if (access === 'open') return { kind: 'anyone' };
  if (mode === 'keys') {
    const key = headers.get('x-functions-key') ?? query.get('code');
    return key === null ? { kind: 'anyone' } : { kind: 'key', id: fingerprintOf(key) };
  }
  if (!isBehindEasyAuth()) throw notInFront();
  const principal = principalIn(headers.get('x-ms-client-principal'));
  if (principal === undefined) throw notSignedIn();
  return { kind: 'principal', ...principal };
}

/** @throws HttpProblem 403 that names the role which is missing */
export function requireRole(caller: Caller, access: Access): void {
  if (access === 'open' || caller.kind !== 'principal' || isPermitted(caller.roles, access)) return;
  const [role, ...others] = sufficientRoles(access);
  const held = caller.roles.length === 0 ? 'no role of Gatehouse' : caller.roles.join(', ');
  throw httpProblem('role-missing', `This needs the app role ${role}; ${caller.name ?? caller.id} has ${held}.`, {
    slots: { role: [role, ...others].join(' or ') },
  });
}

/** Keys are long and random: the beginning of a hash tells two apart, and leads back to none. */
const fingerprintOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 12);

/**
 * App Service sets it where its authentication is switched on, and lets nobody else send `x-ms-client-principal` then
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities). Without it, anybody could send
 * the header, and be whoever they like.
 */
const isBehindEasyAuth = (): boolean => process.env['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true';

const notInFront = (): HttpProblem =>
  httpProblem(
    'sign-in-not-checked',
    'GATEHOUSE_AUTH is entra, and App Service authentication is not switched on for this app: nobody could be told from anybody.',
  );

const notSignedIn = (): HttpProblem =>
  httpProblem('not-signed-in', 'The request carries no sign-in by Microsoft Entra.', {
    headers: { 'www-authenticate': 'Bearer' },
  });
