import { ArmError, isConnectionFailure } from '../azure/errors.ts';
import { missingRole } from '../azure/missingRole.ts';

/** Why Azure could not be asked, and what to do about it. */
export interface AzureFailure {
  /** `busy` passes by itself; the others need somebody to act. */
  readonly kind: 'forbidden' | 'busy' | 'noCredential' | 'refused';
  readonly message: string;
  readonly remedy: string;
  /** How long to wait before the next try; only where waiting helps. */
  readonly retryAfterSeconds?: number;
}

/** How long to wait where Azure gives no hint. */
const WAIT_SECONDS = 10;

/** What `@azure/identity` throws when it has no token to give. */
const credentialErrors = new Set([
  'CredentialUnavailableError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
]);

/** What an error says about Azure; undefined for one that is not about Azure, such as a bug or a broken task hub. */
export function azureFailure(error: unknown): AzureFailure | undefined {
  if (error instanceof ArmError) return refusal(error);
  if (!(error instanceof Error)) return undefined;
  if (credentialErrors.has(error.name)) {
    return {
      kind: 'noCredential',
      message: `The app got no token for Azure: ${error.message}`,
      remedy:
        'In Azure, assign the app a managed identity (and name it in AZURE_CLIENT_ID if it is a user-assigned one). ' +
        'Elsewhere, run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
    };
  }
  // The task hub's client fails with the same codes; the names tell Azure's pipeline apart from it.
  if (['RestError', 'AbortError', 'TimeoutError'].includes(error.name) && isConnectionFailure(error)) {
    return {
      kind: 'busy',
      message: `Azure Resource Manager could not be reached: ${error.message}`,
      remedy: "Try again. If it comes again, check the app's way to the endpoint in GATEHOUSE_ARM_ENDPOINT.",
      retryAfterSeconds: WAIT_SECONDS,
    };
  }
  return undefined;
}

function refusal(error: ArmError): AzureFailure {
  const { message, code, kind } = error;
  if (error.passes && kind !== 'unauthenticated') {
    const retryAfterSeconds = error.retryAfterSeconds ?? WAIT_SECONDS;
    return { kind: 'busy', message, remedy: `Try again in ${retryAfterSeconds} seconds.`, retryAfterSeconds };
  }
  if (kind === 'unauthenticated') {
    return {
      kind: 'forbidden',
      message,
      remedy:
        "Azure does not take the token of the app's identity: sign in to the subscription's tenant " +
        '(az login --tenant, or AZURE_TENANT_ID), and check that GATEHOUSE_ARM_ENDPOINT is of the same cloud.',
    };
  }
  if (kind === 'forbidden') {
    return {
      kind,
      message,
      remedy:
        missingRole(message) ??
        "Give the app's identity (its managed identity, or the client or user that the message names) Contributor " +
          'and Role Based Access Control Administrator on the subscription. New assignments take some minutes to spread.',
    };
  }
  return {
    kind: 'refused',
    message,
    remedy: `Azure refused with ${code}: correct what the message names, then try again.`,
  };
}
