import type { TokenClaims } from './auth.ts';
import type { Azure } from './azure.ts';
import type { Call, Request } from './http.ts';
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
