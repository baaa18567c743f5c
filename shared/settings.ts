import { z } from 'zod';

/** The app's settings, from `GATEHOUSE_*` environment variables (app settings in Azure, local.settings.json here). */
export interface Settings {
  /** Subscription id used where a spec names none. */
  readonly subscription?: string;
  /** ARM id prefixes that specs may name; empty means none. */
  readonly allowedScopes: readonly string[];
  /** The app's own outbound addresses (CIDRs), let into every API server that Gatehouse restricts. */
  readonly outboundRanges: readonly string[];
  /** Azure Resource Manager, e.g. `https://management.azure.com`. */
  readonly armEndpoint: string;
}

/** A setting that can't be used; the remedy names it. */
export class SettingsError extends Error {
  readonly code = 'InvalidSettings';
  readonly remedy: string;

  constructor(problems: readonly string[]) {
    super(`The app's settings can't be used: ${problems.join('; ')}.`);
    this.name = 'SettingsError';
    this.remedy = 'Correct these app settings (local.settings.json on one machine) and start the app again.';
  }
}

const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,;]+/).filter((item) => item !== ''));

const endpoint = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .transform((url) => url.replace(/\/+$/, ''))
  .refine((url) => url.startsWith('https:') || isLoopback(url), 'must be https unless it is on this machine');

const environment = z.object({
  GATEHOUSE_SUBSCRIPTION: z.guid('must be a subscription id (a GUID)').optional(),
  GATEHOUSE_ALLOWED_SCOPES: list,
  GATEHOUSE_OUTBOUND_RANGES: list,
  GATEHOUSE_ARM_ENDPOINT: endpoint.default('https://management.azure.com'),
});

/**
 * Parses the settings out of an environment; empty values count as absent, as in the portal.
 *
 * @throws SettingsError that lists every setting that is wrong
 */
export function parseSettings(variables: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = environment.safeParse(given);
  if (!result.success) {
    throw new SettingsError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const value = result.data;
  const subscription = value.GATEHOUSE_SUBSCRIPTION;
  return {
    ...(subscription === undefined ? {} : { subscription }),
    allowedScopes: value.GATEHOUSE_ALLOWED_SCOPES,
    outboundRanges: value.GATEHOUSE_OUTBOUND_RANGES,
    armEndpoint: value.GATEHOUSE_ARM_ENDPOINT,
  };
}

/** The settings of this process. Read at each use, so nothing can throw while the app's functions are loaded. */
export const settings = (): Settings => parseSettings(process.env);

/** Whether a URL's host is this machine: the only place where plain http is accepted. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
