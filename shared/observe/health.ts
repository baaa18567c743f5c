import { armReachable } from '../azure/access.ts';
import { settings, SettingsError } from '../settings.ts';

export interface HealthCheck {
  readonly status: 'ok' | 'failed';
  readonly remedy?: string;
}

/** What the app needs outside of itself, each looked at now. Says what is wrong in general, since anybody may ask. */
export async function checkHealth(): Promise<Record<'settings' | 'azure', HealthCheck>> {
  const settingsCheck = checkSettings();
  return { settings: settingsCheck, azure: settingsCheck.status === 'ok' ? await checkAzure() : settingsCheck };
}

function checkSettings(): HealthCheck {
  try {
    settings();
    return { status: 'ok' };
  } catch (error) {
    if (error instanceof SettingsError) return { status: 'failed', remedy: error.remedy };
    throw error;
  }
}

async function checkAzure(): Promise<HealthCheck> {
  const { subscription } = settings();
  if (subscription === undefined) {
    return { status: 'failed', remedy: 'Set GATEHOUSE_SUBSCRIPTION to the subscription to work in.' };
  }
  return (await armReachable(subscription))
    ? { status: 'ok' }
    : {
        status: 'failed',
        remedy: "Check the app's identity, its Reader role on the subscription, and the way to Azure Resource Manager.",
      };
}
