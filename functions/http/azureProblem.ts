import { azureFailure, type AzureFailure } from '../../shared/observe/failure.ts';
import { HttpProblem } from './problem.ts';

const answerOf: Readonly<Record<AzureFailure['kind'], { status: number; code: string; title: string }>> = {
  forbidden: { status: 502, code: 'azure-refused', title: "Azure refuses the app's identity" },
  refused: { status: 502, code: 'azure-refused', title: 'Azure refused' },
  busy: { status: 503, code: 'azure-busy', title: 'Azure does not answer right now' },
  noCredential: { status: 503, code: 'no-credential', title: 'The app has no identity in Azure' },
};

/** Azure's refusal as an answer, in Azure's words; undefined for errors that are not about Azure. */
export function azureProblem(error: unknown): HttpProblem | undefined {
  const failure = azureFailure(error);
  if (failure === undefined) return undefined;
  const { status, code, title } = answerOf[failure.kind];
  const { retryAfterSeconds } = failure;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) };
  return new HttpProblem(status, code, title, failure.message, failure.remedy, undefined, headers);
}
