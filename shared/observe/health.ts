import { subscriptionIsReadable } from '../azure/access.ts';
import { settings, SettingsError, type Settings } from '../settings.ts';

export interface HealthCheck {
  /** With a `warning` the app works, but not for everything. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly remedy?: string;
}

/** Anybody may ask, so Azure is asked at most this often. */
const AZURE_ANSWER_HOLDS_MS = 10_000;

let azureAnswer: { readonly about: string; readonly at: number; readonly check: Promise<HealthCheck> } | undefined;

/**
 * What the app needs outside of itself. Says what is wrong in general and names settings without their values, since
 * anybody may ask.
 *
 * @param warn gets the reasons, for the app's log
 * @param now milliseconds
 */
export async function checkHealth(
  warn: (reason: string) => void,
  now = Date.now(),
): Promise<Record<'settings' | 'azure', HealthCheck>> {
  let current: Settings;
  try {
    current = settings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    warn(error.message);
    const names = [...new Set(error.message.match(/\bGATEHOUSE_[A-Z_]+/g))].join(', ');
    const failed: HealthCheck = { status: 'failed', remedy: `Not usable: ${names}. ${error.remedy}` };
    return { settings: failed, azure: failed };
  }
  const about = `${current.armEndpoint} ${current.subscription}`;
  if (azureAnswer?.about !== about || now - azureAnswer.at >= AZURE_ANSWER_HOLDS_MS) {
    azureAnswer = { about, at: now, check: checkAzure(current, warn) };
  }
  return { settings: missingSettings(current), azure: await azureAnswer.check };
}

function missingSettings({ allowedScopes, outboundRanges }: Settings): HealthCheck {
  const remedies = [
    ...(allowedScopes.length === 0 ? ['Set GATEHOUSE_ALLOWED_SCOPES: without it every spec is refused.'] : []),
    ...(outboundRanges.length === 0
      ? ['Set GATEHOUSE_OUTBOUND_RANGES: without it specs that restrict the API server are refused.']
      : []),
  ];
  return remedies.length === 0 ? { status: 'ok' } : { status: 'warning', remedy: remedies.join(' ') };
}

async function checkAzure({ subscription }: Settings, warn: (reason: string) => void): Promise<HealthCheck> {
  if (subscription === undefined) {
    return { status: 'failed', remedy: 'Set GATEHOUSE_SUBSCRIPTION to the subscription to work in.' };
  }
  try {
    if (await subscriptionIsReadable(subscription)) return { status: 'ok' };
    warn(`Azure knows no subscription ${subscription}.`);
  } catch (error) {
    warn(`Azure could not be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    status: 'failed',
    remedy: "Check the app's identity, its Reader role on the subscription, and the way to Azure Resource Manager.",
  };
}
