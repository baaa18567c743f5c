import type { Principal } from '../desired/clusterIdentity.ts';
import { GatehouseError } from '../model/errors.ts';
import { isJsonObject, stringAt, type Json } from '../model/json.ts';
import { settings } from '../settings.ts';
import { accessToken } from './clients.ts';

/**
 * Who the app itself is in the directory, by the token that Azure Resource Manager gets from it: `oid` is the principal's
 * object id, and `scp` is there only where somebody has signed in
 * (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). Asked of no directory, for which the
 * app has no permission.
 *
 * @throws GatehouseError when the token doesn't tell; what the credential throws
 */
export async function appPrincipal(): Promise<Principal> {
  const { token } = await accessToken(`${settings().armAudience}/.default`);
  const claims = claimsOf(token);
  const objectId = stringAt(claims, 'oid');
  if (objectId === undefined) {
    throw new GatehouseError('UnknownPrincipal', "The token of the app's identity does not tell its object id.");
  }
  return { objectId, type: stringAt(claims, 'scp') === undefined ? 'ServicePrincipal' : 'User' };
}

function claimsOf(token: string): Json {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isJsonObject(claims) ? claims : {};
  } catch (error) {
    // A token that is no JWT tells nothing; quoting it would give it away.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
