import { azureFailure, type AzureFailure } from '../../shared/observe/failure.ts';
import { httpProblem, type HttpProblem } from './problem.ts';

const codeOf = {
  forbidden: 'azure-refused',
  refused: 'azure-refused',
  busy: 'azure-busy',
  noCredential: 'no-credential',
} as const satisfies Readonly<Record<AzureFailure['kind'], string>>;

/** Azure's refusal as an answer, in Azure's words; undefined for errors that are not about Azure. */
export function azureProblem(error: unknown): HttpProblem | undefined {
  const failure = azureFailure(error);
  if (failure === undefined) return undefined;
  const { kind, message, remedy, retryAfterSeconds } = failure;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) };
  return httpProblem(codeOf[kind], message, { remedy, headers });
}
