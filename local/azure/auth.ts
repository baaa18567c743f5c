import { createHash, createHmac } from 'node:crypto';
import { TENANT_ID } from './azure.ts';
import type { CloudFacts } from './clouds.ts';
import { ArmError } from './errors.ts';
import { isObject } from './json.ts';

const TOKEN_KEY = 'local Azure signs its own tokens; nobody else accepts them';
/** The one application that stands for the API servers of all clusters. */
const AKS_AUDIENCE = '6dae42f8-4368-4678-94ff-3960e28e3630';
/** Azure Resource Manager as an application, the same in every cloud. */
const ARM_APPLICATION = '797f4846-ba00-4fd7-ba43-dac1f8f63013';

export interface TokenClaims {
  readonly aud: string;
  /** Object id of the principal in the directory. */
  readonly oid: string;
  readonly appid: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/**
 * A signed token. Lifetimes are in wall-clock time, since that is what clients count them in when they decide whether to
 * ask for a new one; Azure time may run faster.
 */
export function issueToken(claims: TokenClaims, lifetimeSeconds: number): string {
  const issuedAt = claims.exp - lifetimeSeconds;
  const issuer = {
    iss: `https://sts.windows.net/${TENANT_ID}/`,
    tid: TENANT_ID,
    iat: issuedAt,
    nbf: issuedAt,
    ver: '1.0',
  };
  const content = [
    { typ: 'JWT', alg: 'HS256' },
    { ...issuer, ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign(content)}`;
}

/** The claims of the bearer token in an `Authorization` header. Throws ARM's 401 for each way in which it can be wrong. */
export function requireArmToken(
  authorization: string | undefined,
  nowSeconds: number,
  { audiences, login }: Pick<CloudFacts, 'audiences' | 'login'>,
): TokenClaims {
  const unauthorized = refusalOf(login);
  const known = [...audiences, ARM_APPLICATION];
  if (authorization === undefined || authorization === '') {
    throw unauthorized('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  }
  const [scheme = '', token = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'bearer' || token === '') {
    throw unauthorized(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  }
  const claims = readToken(token);
  if (claims === undefined) throw unauthorized('InvalidAuthenticationToken', 'The access token is invalid.');
  if (!known.includes(claims.aud.replace(/\/$/, ''))) {
    throw unauthorized(
      'InvalidAuthenticationTokenAudience',
      `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match with one of the allowed audiences '${known.join("', '")}'.`,
    );
  }
  if (claims.exp <= nowSeconds) {
    throw unauthorized(
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${new Date(claims.exp * 1000).toISOString()}' is earlier than current UTC time '${new Date(nowSeconds * 1000).toISOString()}'.`,
    );
  }
  return claims;
}

/** The claims of a token for the API servers of clusters that use the directory; undefined when it isn't valid. */
export function identifyBearer(token: string, nowSeconds: number): TokenClaims | undefined {
  const claims = readToken(token);
  return claims?.aud === AKS_AUDIENCE && claims.exp > nowSeconds ? claims : undefined;
}

/** The object id of the service principal of an application: always the same for the same client id. */
export function principalOf(clientId: string): string {
  const hex = createHash('sha256').update(`principal of ${clientId.toLowerCase()}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function readToken(token: string): TokenClaims | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (signature !== sign(`${header}.${payload}`)) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return isObject(claims) ? (claims as unknown as TokenClaims) : undefined;
}

function sign(content: string): string {
  return createHmac('sha256', TOKEN_KEY).update(content).digest('base64url');
}

const refusalOf =
  (login: string) =>
  (code: string, message: string): ArmError => {
    const description = message.replaceAll('"', "'");
    return new ArmError(401, code, message, {
      headers: {
        'WWW-Authenticate': `Bearer authorization_uri="${login}/${TENANT_ID}", error="invalid_token", error_description="${description}"`,
      },
    });
  };
