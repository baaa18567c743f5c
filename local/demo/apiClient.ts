import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { Publication } from '../../shared/model/publication.ts';

/** What GET /environments/{name} answers, as far as it is shown. */
export interface ShownEnvironment extends EnvironmentStatus {
  readonly spec: EnvironmentSpec;
}

/** An answer of the app that says no; the message holds its problems and their remedies, a line each. */
export class RefusedError extends Error {
  constructor(status: number, document: ProblemDocument) {
    super(describe(status, document));
    this.name = 'RefusedError';
  }
}

/** An RFC 9457 problem document. Where it lists problems, its detail and remedy are those of the first. */
interface ProblemDocument {
  readonly title?: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly problems?: readonly { readonly path: string; readonly message: string; readonly remedy: string }[];
}

function describe(status: number, { title, detail, remedy, problems = [] }: ProblemDocument): string {
  const heading = title ?? `The app answered ${status}`;
  if (problems.length === 0) return `${heading}: ${sentences(detail ?? '', remedy ?? '')}`;
  const lines = problems.map(({ path, message, remedy: cure }) => {
    const where = path === '' ? '' : `${path}: `;
    return `\n  ${where}${sentences(message, cure)}`;
  });
  return `${heading}:${lines.join('')}`;
}

/** Joins texts, each with a full stop at its end unless it has one. */
const sentences = (...texts: readonly string[]) =>
  texts
    .filter((text) => text !== '')
    .map((text) => (/[.!?…]$/.test(text) ? text : `${text}.`))
    .join(' ');

/** The app's HTTP interface, as a caller with a function key uses it. */
export function apiClient(api: string, key: string) {
  const call = async (method: string, path: string, body?: string, contentType = 'application/json') => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { 'x-functions-key': key, 'content-type': contentType },
      ...(body === undefined ? {} : { body }),
    });
    const answer = await response.json();
    if (!response.ok) throw new RefusedError(response.status, answer as ProblemDocument);
    return answer;
  };
  return {
    /** @throws RefusedError with every problem of the spec */
    start: (spec: string, contentType?: string) =>
      call('POST', '/environments', spec, contentType) as Promise<{ readonly name: string }>,
    sync: (name: string) => call('POST', `/environments/${name}/sync`),
    services: (name: string) =>
      call('GET', `/environments/${name}/services`) as Promise<{ readonly unchanged: readonly Publication[] }>,
    show: (name: string) => call('GET', `/environments/${name}`) as Promise<ShownEnvironment>,
  };
}
