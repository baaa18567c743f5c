import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HostRequest, HostResponse } from './httpServer.ts';
import { headerOf } from './httpServer.ts';

/** Who signs in, as far as an app hears of it. */
interface SignIn {
  readonly oid: string;
  readonly name?: string;
  /** App roles. */
  readonly roles: readonly string[];
}

export interface EasyAuthOptions {
  /** What becomes of requests without a sign-in: refused here, or passed on as nobody's. */
  readonly unauthenticated: 'Return401' | 'AllowAnonymous';
  /** Paths that nobody needs to sign in for, e.g. `/api/health`; what lies below them counts too. */
  readonly excludedPaths: readonly string[];
}

/** App Service authentication ("Easy Auth") with Entra as its one identity provider. */
export interface EasyAuth {
  /** The request as the app gets it, or the answer that it never gets there. */
  admit(request: HostRequest): { readonly request: HostRequest } | { readonly refused: HostResponse };
  /** A token that is accepted here and nowhere else. @param lifetimeSeconds of wall-clock time */
  issue(signIn: SignIn, lifetimeSeconds?: number): string;
}

const OBJECT_ID_CLAIM = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const TENANT_CLAIM = 'http://schemas.microsoft.com/identity/claims/tenantid';
const TENANT = '00000000-0000-0000-0000-0000000000bb';
const AUDIENCE = 'api://gatehouse-local';
const HOUR_SECONDS = 3600;

interface Claims extends SignIn {
  readonly aud: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/**
 * Stands in for App Service authentication in front of the host: checks bearer tokens, tells the app who signed in by
 * `x-ms-client-principal…`, and takes away what clients send under these names
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities).
 */
export function easyAuth({ unauthenticated, excludedPaths }: EasyAuthOptions): EasyAuth {
  const key = randomBytes(32);
  const sign = (content: string) => createHmac('sha256', key).update(content).digest();
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  const claimsOf = (token: string): Claims | undefined => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const [expected, given] = [sign(`${header}.${payload}`), Buffer.from(signature, 'base64url')];
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    return claims.aud === AUDIENCE && claims.exp * 1000 > Date.now() ? claims : undefined;
  };

  return {
    issue(signIn, lifetimeSeconds = HOUR_SECONDS) {
      const exp = Math.floor(Date.now() / 1000) + lifetimeSeconds;
      const content = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode({ aud: AUDIENCE, exp, ...signIn })}`;
      return `${content}.${sign(content).toString('base64url')}`;
    },
    admit(request) {
      const clean = { ...request, headers: withoutPrincipal(request.headers) };
      const token = /^Bearer (.+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
      const claims = token === undefined ? undefined : claimsOf(token);
      if (claims !== undefined)
        return { request: { ...clean, headers: { ...clean.headers, ...principalHeaders(claims) } } };
      const path = request.url.pathname.toLowerCase();
      const isExcluded = excludedPaths.some(
        (one) => path === one.toLowerCase() || path.startsWith(`${one.toLowerCase()}/`),
      );
      // A token that is wrong is refused even where none is needed.
      if (token === undefined && (isExcluded || unauthenticated === 'AllowAnonymous')) return { request: clean };
      return { refused: { status: 401, headers: { 'www-authenticate': `Bearer realm="${request.url.host}"` } } };
    },
  };
}

const withoutPrincipal = (headers: HostRequest['headers']): HostRequest['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^x-ms-(client-principal|token-aad)/.test(name)));

function principalHeaders({ oid, name, roles, aud }: Claims): HostRequest['headers'] {
  const claims = [
    { typ: 'aud', val: aud },
    { typ: TENANT_CLAIM, val: TENANT },
    { typ: OBJECT_ID_CLAIM, val: oid },
    ...(name === undefined ? [] : [{ typ: 'preferred_username', val: name }]),
    ...roles.map((role) => ({ typ: 'roles', val: role })),
  ];
  const principal = {
    auth_typ: 'aad',
    claims,
    name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
    role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  };
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
    'x-ms-client-principal-id': oid,
    'x-ms-client-principal-idp': 'aad',
    ...(name === undefined ? {} : { 'x-ms-client-principal-name': name }),
  };
}
