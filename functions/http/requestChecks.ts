import type { HttpRequest } from '@azure/functions';
import { MAX_BODY_BYTES, tooLarge } from './message.ts';
import { httpProblem, type HttpProblem } from './problem.ts';
import type { Route } from './route.ts';

/** The longest URL that anything of the app needs is some hundred characters long. */
const MAX_URL_CHARACTERS = 8_192;

/**
 * What can be told before anybody is identified and any body is read.
 *
 * @throws HttpProblem 413 for a body that says it is too long, 414 for an endless URL
 */
export function requireBounded({ url, headers }: HttpRequest): void {
  if (url.length > MAX_URL_CHARACTERS) {
    const detail = `The URL has ${url.length} characters; at most ${MAX_URL_CHARACTERS} are read.`;
    throw httpProblem('url-too-long', detail);
  }
  const length = Number(headers.get('content-length') ?? 0);
  if (length > MAX_BODY_BYTES) throw tooLarge(length);
}

/**
 * A sign-in that a browser remembers goes along with whatever another site makes the browser send; what changes
 * something is therefore taken from no other site. Browsers say where a request comes from, and pages can't change it.
 *
 * @throws HttpProblem 403
 */
export function requireSameSite({ url, headers }: HttpRequest, { method }: Route): void {
  if (method === 'GET') return;
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  const isForeign =
    site === null ? origin !== null && origin !== new URL(url).origin : !['same-origin', 'none'].includes(site);
  if (!isForeign) return;
  throw httpProblem('cross-site', 'A browser sent this request on behalf of another site; nothing was changed.');
}

const jsonTypes = ['application/json'];
const specTypes = [...jsonTypes, 'application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/plain'];
/** What curl says where it is told nothing; the body is read as what it looks like. */
const UNTOLD = 'application/x-www-form-urlencoded';

/**
 * Whether a body is of a kind that is read at all.
 *
 * @throws HttpProblem 415 for other media types, for character sets other than UTF-8, and for compressed bodies
 */
export function requireReadable({ headers }: HttpRequest, { body }: Route): void {
  if (body === undefined || headers.get('content-length') === '0') return;
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw unsupported(`The body is compressed (${encoding}).`, 'Send it as it is.');
  }
  const contentType = headers.get('content-type');
  if (contentType === null) return;
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const accepted = body.kind === 'spec' ? specTypes : jsonTypes;
  if (![...accepted, UNTOLD].includes(type)) {
    throw unsupported(
      `The body is said to be ${JSON.stringify(type)}, which is not read here.`,
      `Send it as ${accepted.join(', ')}.`,
    );
  }
  const charset = parameters
    .find((one) => one.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    throw unsupported(`The body is said to be in ${JSON.stringify(charset)}.`, 'Send it in UTF-8.');
  }
}

const unsupported = (detail: string, remedy: string): HttpProblem =>
  httpProblem('unsupported-media-type', detail, { remedy });
