import type { TokenClaims } from './auth.ts';
import type { Azure } from './azure.ts';
import { ArmError } from './errors.ts';
import type { Answer, Call, Request } from './http.ts';
import type { JsonObject } from './json.ts';
import type { ResourcePath } from './resourceId.ts';

/** An authenticated request to ARM with everything that those who answer it need. */
export interface Visit {
  readonly azure: Azure;
  readonly request: Request;
  readonly path: ResourcePath;
  readonly caller: TokenClaims;
  readonly call: Call;
  /** The body of a write, parsed; throws ARM's refusal when it isn't a JSON object. */
  body(): JsonObject;
}

export function ok(body: JsonObject): Answer {
  return { status: 200, body };
}

/** An etag as a header has it: quoted, where the body has a plain GUID. */
export function etagHeader(etag: string): string {
  return etag.includes('"') ? etag : `"${etag}"`;
}

export function pathNotFound(request: Request): ArmError {
  return new ArmError(404, 'NotFound', `No route matches '${request.url.pathname}'.`);
}

export function methodNotAllowed(request: Request): ArmError {
  return new ArmError(
    405,
    'HttpMethodNotAllowed',
    `The HTTP method '${request.method}' is not supported at scope '${request.url.pathname}'.`,
  );
}
