import type { HttpResponseInit } from '@azure/functions';
import type { ProblemAnswer } from '../../shared/answers.ts';
import type { Problem } from '../../shared/model/problem.ts';
import { problemKinds, type ProblemKindName } from '../../shared/model/problemKinds.ts';

/** The names in braces of a text. */
type Slots<Text extends string> = Text extends `${string}{${infer Slot}}${infer Rest}` ? Slot | Slots<Rest> : never;
type SlotsOf<Code extends ProblemKindName> = Slots<(typeof problemKinds)[Code]['remedy']>;

interface Told {
  /** In place of the kind's own. */
  readonly remedy?: string;
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a problem tells beside its detail: whatever the remedy of its kind leaves open. */
type ToldOf<Code extends ProblemKindName> = [SlotsOf<Code>] extends [never]
  ? [told?: Told]
  : [told: Told & { readonly slots: Readonly<Record<SlotsOf<Code>, string>> }];

/** An answer that is not the one asked for; thrown by handlers, turned into a problem document by `registerRoutes`. */
export class HttpProblem extends Error {
  readonly code: ProblemKindName;
  readonly document: ProblemAnswer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemKindName, document: ProblemAnswer, headers: Readonly<Record<string, string>>) {
    super(`${document.status} ${code}: ${document.detail}`);
    this.name = 'HttpProblem';
    this.code = code;
    this.document = document;
    this.headers = headers;
  }
}

/**
 * A problem of a kind, such as it has come up.
 *
 * @param detail what is wrong this time, in a sentence
 */
export function httpProblem<Code extends ProblemKindName>(
  code: Code,
  detail: string,
  ...[told = {}]: ToldOf<Code>
): HttpProblem {
  const { remedy, problems, headers = {}, slots = {} }: Told & { readonly slots?: Record<string, string> } = told;
  const { status, title, remedy: usual } = problemKinds[code];
  return new HttpProblem(
    code,
    {
      type: `urn:gatehouse:problem:${code}`,
      title,
      status,
      detail,
      remedy: remedy ?? usual.replace(/\{(\w+)\}/g, (slot, name: string) => slots[name] ?? slot),
      ...(problems === undefined ? {} : { problems }),
    },
    headers,
  );
}

/** Several problems of what was sent, each with its path. */
export function invalidRequest(problems: readonly Problem[]): HttpProblem {
  const [first] = problems;
  if (first === undefined) return httpProblem('invalid-request', 'The request is not valid.', { problems });
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const detail = `${first.path}: ${first.message}${more}`.replace(/^: /, '');
  return httpProblem('invalid-request', detail, { remedy: first.remedy, problems });
}

export const problemResponse = ({ document, headers }: HttpProblem): HttpResponseInit => ({
  status: document.status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify(document, undefined, 2),
});
