import type { JsonObject } from './json.ts';

export interface ErrorExtras {
  readonly details?: readonly JsonObject[];
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal as ARM words it: status, code and message. `body` is what goes over the wire. Resource providers wrap the
 * error in `error`; AKS answers it flat, with `subcode`, `target` and `details` beside code and message.
 */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;

  constructor(status: number, code: string, message: string, extras: ErrorExtras = {}, body?: JsonObject) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
    this.headers = extras.headers ?? {};
    this.body = body ?? {
      error: {
        code,
        message,
        ...(extras.target === undefined ? {} : { target: extras.target }),
        ...(extras.details === undefined ? {} : { details: extras.details }),
      },
    };
  }
}

/** A refusal of Microsoft.ContainerService: the flat form without the `error` wrapper. */
export function aksError(status: number, code: string, message: string, target = '', subcode = ''): ArmError {
  return new ArmError(status, code, message, {}, { code, details: null, message, subcode, target });
}

/** A refusal of Microsoft.Network, whose errors always carry `details`. */
export function networkError(
  status: number,
  code: string,
  message: string,
  details: readonly JsonObject[] = [],
): ArmError {
  return new ArmError(status, code, message, { details });
}

export function resourceNotFound(type: string, names: string, group: string): ArmError {
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${names}' under resource group '${group}' was not found. ` +
      'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
  );
}

export function resourceGroupNotFound(group: string): ArmError {
  return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
}

export function invalidResourceType(namespace: string, type: string, apiVersion: string): ArmError {
  return new ArmError(
    404,
    'InvalidResourceType',
    `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`,
  );
}

/** A refusal of Microsoft.EventGrid, which has one code for nearly everything. */
export function invalidRequest(message: string): ArmError {
  return new ArmError(400, 'InvalidRequest', message);
}

/** What the network provider says of a reference to something that does not exist, or not in the same region. */
export function invalidResourceReference(referenced: string, by: string): ArmError {
  return networkError(
    400,
    'InvalidResourceReference',
    `Resource ${referenced} referenced by resource ${by} was not found. Please make sure that the referenced resource ` +
      'exists, and that both resources are in the same region.',
  );
}
