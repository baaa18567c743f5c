import { compact, type Json, type JsonObject } from './json.ts';

/** One thing wrong with one field, in the words and reasons of the API's own validation. */
export interface FieldProblem {
  readonly field: string;
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong';
  readonly message: string;
}

/** What a status says it is about; `resource` is the plural, `kind` what validation messages begin with. */
export interface Subject {
  readonly resource: string;
  readonly kind: string;
  readonly name: string;
}

/** An answer that isn't what was asked for: the API's Status object. */
export class StatusError extends Error {
  readonly status: JsonObject;
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: number,
    reason: string | undefined,
    message: string,
    details?: JsonObject,
    { headers = {}, listMetadata = {} }: { headers?: Readonly<Record<string, string>>; listMetadata?: JsonObject } = {},
  ) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.headers = headers;
    this.status = compact({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: listMetadata,
      status: 'Failure',
      message,
      reason,
      details,
      code,
    });
  }
}

export function notFound({ resource, name }: Pick<Subject, 'resource' | 'name'>): StatusError {
  return new StatusError(404, 'NotFound', `${resource} "${name}" not found`, { name, kind: resource });
}

/** A path that leads nowhere. */
export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists({ resource, name }: Subject): StatusError {
  return new StatusError(409, 'AlreadyExists', `${resource} "${name}" already exists`, { name, kind: resource });
}

export function conflict({ resource, name }: Subject, why: string): StatusError {
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${name}": ${why}`, {
    name,
    kind: resource,
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden({ resource, name }: Pick<Subject, 'resource' | 'name'>, why: string): StatusError {
  const subject = name === '' ? resource : `${resource} "${name}"`;
  return new StatusError(
    403,
    'Forbidden',
    `${subject} is forbidden: ${why}`,
    compact({ name: name === '' ? undefined : name, kind: resource }),
  );
}

/** A revision that the server has forgotten; `listMetadata` carries a token to go on inconsistently. */
export function expired(message: string, listMetadata: JsonObject = {}): StatusError {
  return new StatusError(410, 'Expired', message, undefined, { listMetadata });
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function notAcceptable(): StatusError {
  return new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io',
  );
}

export function unsupportedMediaType(supported: readonly string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  );
}

export function invalid({ kind, name }: Subject, problems: readonly FieldProblem[]): StatusError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${all}`, {
    name,
    kind,
    causes: problems.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** Field problems, each worded as the API words it. */
export const problem = {
  required: (field: string, detail?: string): FieldProblem => ({
    field,
    reason: 'FieldValueRequired',
    message: detail === undefined ? 'Required value' : `Required value: ${detail}`,
  }),
  invalid: (field: string, value: Json | undefined, detail: string): FieldProblem => ({
    field,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
  }),
  notSupported: (field: string, value: Json | undefined, supported: readonly string[]): FieldProblem => ({
    field,
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
  }),
  duplicate: (field: string, value: Json): FieldProblem => ({
    field,
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${JSON.stringify(value)}`,
  }),
  forbidden: (field: string, detail: string): FieldProblem => ({
    field,
    reason: 'FieldValueForbidden',
    message: `Forbidden: ${detail}`,
  }),
  tooLong: (field: string, detail: string): FieldProblem => ({
    field,
    reason: 'FieldValueTooLong',
    message: `Too long: ${detail}`,
  }),
};
