import type { HttpResponseInit } from '@azure/functions';
import type { ProblemAnswer } from '../../shared/answers.ts';
import type { Problem } from '../../shared/model/problem.ts';

/** An answer that is not the one asked for; thrown by handlers, turned into a problem document by `registerRoutes`. */
export class HttpProblem extends Error {
  /** What tells one kind of problem from another, e.g. `not-ready`. */
  readonly code: string;
  readonly document: ProblemAnswer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    remedy: string,
    problems?: readonly Problem[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${status} ${code}: ${detail}`);
    this.name = 'HttpProblem';
    this.code = code;
    this.headers = headers;
    this.document = {
      type: `urn:gatehouse:problem:${code}`,
      title,
      status,
      detail,
      remedy,
      ...(problems === undefined ? {} : { problems }),
    };
  }
}

/** Several problems of what was sent, each with its path. */
export function invalidRequest(problems: readonly Problem[]): HttpProblem {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new HttpProblem(
    400,
    'invalid-request',
    'The request can not be carried out as it is',
    first === undefined ? 'The request is not valid.' : `${first.path}: ${first.message}${more}`.replace(/^: /, ''),
    first?.remedy ?? 'Correct the request and send it again.',
    problems,
  );
}

export const problemResponse = ({ document, headers }: HttpProblem): HttpResponseInit => ({
  status: document.status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify(document, undefined, 2),
});
