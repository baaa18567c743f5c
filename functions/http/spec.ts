import type { HttpRequest } from '@azure/functions';
import { parseEnvironmentSpec, type EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { parseSpecText } from '../../shared/model/specText.ts';
import { settings } from '../../shared/settings.ts';
import { invalidRequest } from './problem.ts';
import { bodyText } from './route.ts';

/**
 * The spec in a request's body, JSON or YAML.
 *
 * @throws HttpProblem 400 with every problem and its path, 413 when the body is too long
 */
export async function specFrom(request: HttpRequest): Promise<EnvironmentSpec> {
  const text = await bodyText(request);
  const parsed = parseSpecText(text, request.headers.get('content-type') ?? undefined);
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const result = parseEnvironmentSpec(parsed.value, settings());
  if (!result.ok) throw invalidRequest(result.problems);
  return result.spec;
}
