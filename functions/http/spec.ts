import type { HttpRequest } from '@azure/functions';
import { parseEnvironmentSpec, type EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { parseSpecText } from '../../shared/model/specText.ts';
import { settings } from '../../shared/settings.ts';
import { invalidRequest } from './problem.ts';
import { bodyText } from './message.ts';

/**
 * The spec in a request's body, JSON or YAML.
 *
 * @throws HttpProblem 400 with every problem and its path, 413 when the body is too long
 */
export const specFrom = async (request: HttpRequest): Promise<EnvironmentSpec> =>
  specIn(await bodyText(request), request);

/** The same of a body that has been read. */
export function specIn(text: string, request: HttpRequest): EnvironmentSpec {
  const parsed = parseSpecText(text, request.headers.get('content-type') ?? undefined);
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const result = parseEnvironmentSpec(parsed.value, settings());
  if (!result.ok) throw invalidRequest(result.problems);
  return result.spec;
}
