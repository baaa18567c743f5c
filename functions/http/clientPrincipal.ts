import * as z from 'zod';
import { isRole, type Role } from './roles.ts';

/** A user or an application that has signed in. */
export interface Principal {
  readonly id: string;
  readonly name?: string;
  readonly roles: readonly Role[];
}

/**
 * What App Service hands over in `x-ms-client-principal`: base64 of the token's claims, some under the long names of
 * WS-Federation (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities#decoding-the-client-principal-header).
 */
const clientPrincipal = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })).max(1000),
});

const OBJECT_ID = ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'];
const ROLE = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];
const NAME = [
  'preferred_username',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  'name',
  'appid',
  'azp',
];

/** A header of App Service's is far shorter; groups of a large directory come as a link. */
const MAX_CHARACTERS = 32_768;
const MAX_NAME = 100;

/**
 * Reads the header.
 *
 * @returns undefined for what is no sign-in by Entra; roles that are none of Gatehouse's are left out
 */
export function principalIn(header: string | null): Principal | undefined {
  if (header === null || header.length > MAX_CHARACTERS) return undefined;
  const parsed = clientPrincipal.safeParse(decoded(header));
  if (!parsed.success) return undefined;
  const { claims } = parsed.data;
  const valueOf = (names: readonly string[]) =>
    names.flatMap((name) => claims.find(({ typ, val }) => typ === name && val !== '') ?? [])[0]?.val;
  const id = valueOf(OBJECT_ID);
  if (id === undefined) return undefined;
  const name = valueOf(NAME)?.slice(0, MAX_NAME);
  const held = claims.filter(({ typ }) => ROLE.includes(typ)).map(({ val }) => val);
  return {
    id: id.slice(0, MAX_NAME),
    ...(name === undefined ? {} : { name }),
    roles: [...new Set(held.filter(isRole))],
  };
}

function decoded(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    // Whatever it is, it is no sign-in.
    return undefined;
  }
}
