import * as z from 'zod';
import { isSchedule } from './model/schedule.ts';
import { noticeFormats, type NoticeFormat } from './notify/formats.ts';
import { cloudAt, cloudEndpoints, cloudNames, type Cloud } from './model/cloud.ts';
import { logLevels, type LogLevel } from './model/logLevel.ts';

/** The app's settings, from `GATEHOUSE_*` environment variables (app settings in Azure, local.settings.json here). */
export interface Settings {
  /** Subscription id used where a spec names none. */
  readonly subscription?: string;
  /** ARM id prefixes that specs may name; empty means none. */
  readonly allowedScopes: readonly string[];
  /** The app's own outbound addresses (CIDRs), let into every API server that Gatehouse restricts. */
  readonly outboundRanges: readonly string[];
  /** The cloud that the app works in: its own. */
  readonly cloud: Cloud;
  /** Azure Resource Manager, e.g. `https://management.azure.com`. */
  readonly armEndpoint: string;
  /** What tokens for it are asked for, e.g. `https://management.azure.com`. */
  readonly armAudience: string;
  /** Entra, e.g. `https://login.microsoftonline.com`. */
  readonly authorityHost: string;
  /** Where Event Grid delivers; absent: nowhere, and the light pass finds every change. */
  readonly events?: EventSettings;
  /** Where people hear of what happens; absent: nowhere. */
  readonly notifications?: NotificationSettings;
  /** Makes connectivity probes on the app's behalf; absent: the app connects by itself. */
  readonly probeEndpoint?: string;
  /** How callers of the HTTP interface prove who they are; read anew only when the app starts. */
  readonly auth: 'keys' | 'entra';
  readonly rateLimits: RateLimits;
  /** What of its own doings the app logs: lines of this level and above. */
  readonly logLevel: LogLevel;
}

/** Requests a minute that one instance of the app answers. */
export interface RateLimits {
  readonly perCaller: number;
  readonly inAll: number;
}

export interface EventSettings {
  readonly destination: EventDestination;
  /** Name of the group for the subscription's system topic where there is none yet: the app's own group. */
  readonly resourceGroup?: string;
  /** Where events end that could not be delivered; absent: they are dropped. */
  readonly deadLetter?: DeadLetterSettings;
}

export interface DeadLetterSettings {
  readonly storageAccountId: string;
  readonly container: string;
  /** ARM id of the user-assigned identity that writes them; absent: Event Grid takes a key of the account. */
  readonly identityId?: string;
}

export interface NotificationSettings {
  /** A webhook, which its address alone opens: never to be shown. */
  readonly url: string;
  readonly format: NoticeFormat;
}

export type EventDestination =
  /** ARM id of the app's function. */
  | { readonly kind: 'function'; readonly functionId: string }
  /** May carry a key in its query: never to be shown. */
  | { readonly kind: 'webhook'; readonly url: string };

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

const MAX_REQUESTS_PER_MINUTE = 1_000_000;
const requestsPerMinute = z.coerce
  .number({ error: 'must be a number of requests a minute' })
  .int('must be a whole number')
  .min(1, 'must be 1 at least')
  .max(MAX_REQUESTS_PER_MINUTE, `must be ${MAX_REQUESTS_PER_MINUTE} at most`);

const secureUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL', abort: true })
  .refine((url) => url.startsWith('https:') || isLoopback(url), 'must be https unless it is on this machine');

const endpoint = secureUrl.transform((url) => url.replace(/\/+$/, ''));

const schedule = z.string().refine(isSchedule, 'must be an NCRONTAB schedule, such as 0 */15 * * * *');

const functionId =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+\/functions\/[^/]+$/i;
const identityId =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;
const containerId =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+)\/blobServices\/default\/containers\/([^/]+)$/i;

const environment = z
  .object({
    GATEHOUSE_SUBSCRIPTION: z.guid('must be a subscription id (a GUID)').optional(),
    GATEHOUSE_ALLOWED_SCOPES: list,
    GATEHOUSE_OUTBOUND_RANGES: list,
    GATEHOUSE_CLOUD: z.enum(cloudNames, { error: `must be one of ${cloudNames.join(', ')}` }).optional(),
    GATEHOUSE_ARM_ENDPOINT: endpoint.optional(),
    GATEHOUSE_ARM_AUDIENCE: endpoint.optional(),
    GATEHOUSE_AUTHORITY_HOST: endpoint.optional(),
    AZURE_AUTHORITY_HOST: endpoint.optional(),
    GATEHOUSE_EVENTS_FUNCTION_ID: z
      .string()
      .regex(functionId, 'must be the ARM id of a function (…/Microsoft.Web/sites/{app}/functions/{function})')
      .optional(),
    GATEHOUSE_EVENTS_ENDPOINT: secureUrl.optional(),
    GATEHOUSE_EVENTS_RESOURCE_GROUP: z
      .string()
      .regex(/^[\w.()-]{1,90}$/, 'must be the name of a resource group')
      .optional(),
    GATEHOUSE_EVENTS_DEADLETTER: z
      .string()
      .regex(containerId, 'must be the ARM id of a blob container (…/blobServices/default/containers/{name})')
      .optional(),
    GATEHOUSE_EVENTS_IDENTITY: z
      .string()
      .regex(identityId, 'must be the ARM id of a user-assigned identity (…/userAssignedIdentities/{name})')
      .optional(),
    GATEHOUSE_NOTIFY_URL: secureUrl.optional(),
    GATEHOUSE_NOTIFY_FORMAT: z
      .enum(noticeFormats, { error: `must be one of ${noticeFormats.join(', ')}` })
      .default('cloudevents'),
    GATEHOUSE_NOTIFY_HOSTS: list,
    GATEHOUSE_PROBE_ENDPOINT: endpoint.optional(),
    GATEHOUSE_AUTH: z.enum(['keys', 'entra'], { error: 'must be keys or entra' }).default('keys'),
    GATEHOUSE_LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
    GATEHOUSE_RATE_LIMIT: requestsPerMinute.default(600),
    GATEHOUSE_RATE_LIMIT_TOTAL: requestsPerMinute.default(3000),
    GATEHOUSE_DRIFT_SCHEDULE: schedule.optional(),
    GATEHOUSE_SERVICE_POLL: schedule.optional(),
  })
  .refine(({ GATEHOUSE_NOTIFY_URL: url, GATEHOUSE_NOTIFY_HOSTS: hosts }) => !url || isAmong(hosts, url), {
    path: ['GATEHOUSE_NOTIFY_URL'],
    message: 'is of a host that GATEHOUSE_NOTIFY_HOSTS does not list',
  })
  .refine(({ GATEHOUSE_EVENTS_FUNCTION_ID: id, GATEHOUSE_EVENTS_ENDPOINT: url }) => !id || !url, {
    path: ['GATEHOUSE_EVENTS_ENDPOINT'],
    message: 'is given together with GATEHOUSE_EVENTS_FUNCTION_ID, and events have one destination',
  })
  .refine(({ GATEHOUSE_CLOUD: cloud, GATEHOUSE_ARM_ENDPOINT: url }) => !cloud || !url || isEndpointOf(cloud, url), {
    path: ['GATEHOUSE_ARM_ENDPOINT'],
    message: 'is of another cloud than GATEHOUSE_CLOUD',
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
  const events = eventSettings(value);
  const endpoints = endpointSettings(value);
  const probeEndpoint = value.GATEHOUSE_PROBE_ENDPOINT;
  const { GATEHOUSE_NOTIFY_URL: url, GATEHOUSE_NOTIFY_FORMAT: format } = value;
  return {
    ...(subscription === undefined ? {} : { subscription }),
    allowedScopes: value.GATEHOUSE_ALLOWED_SCOPES,
    outboundRanges: value.GATEHOUSE_OUTBOUND_RANGES,
    ...endpoints,
    ...(events === undefined ? {} : { events }),
    ...(url === undefined ? {} : { notifications: { url, format } }),
    ...(probeEndpoint === undefined ? {} : { probeEndpoint }),
    auth: value.GATEHOUSE_AUTH,
    logLevel: value.GATEHOUSE_LOG_LEVEL,
    rateLimits: { perCaller: value.GATEHOUSE_RATE_LIMIT, inAll: value.GATEHOUSE_RATE_LIMIT_TOTAL },
  };
}

/** A setting of its own says which hosts may be told: whoever can change the address alone can't lead notices elsewhere. */
const isAmong = (hosts: readonly string[], url: string): boolean => {
  const host = URL.parse(url)?.hostname.toLowerCase();
  return hosts.some((one) => one.toLowerCase() === host);
};

function isEndpointOf(cloud: Cloud, armEndpoint: string): boolean {
  const known = URL.canParse(armEndpoint) ? cloudAt(armEndpoint) : undefined;
  return known === undefined || known === cloud;
}

/** Each cloud has its own endpoints; a stand-in on this machine is of the cloud that is said, and takes that cloud's tokens. */
function endpointSettings(
  value: z.infer<typeof environment>,
): Pick<Settings, 'cloud' | 'armEndpoint' | 'armAudience' | 'authorityHost'> {
  const given = value.GATEHOUSE_ARM_ENDPOINT;
  const cloud = value.GATEHOUSE_CLOUD ?? (given === undefined ? undefined : cloudAt(given)) ?? 'public';
  const known = cloudEndpoints[cloud];
  const armEndpoint = given ?? known.armEndpoint;
  return {
    cloud,
    armEndpoint,
    armAudience: value.GATEHOUSE_ARM_AUDIENCE ?? (isLoopback(armEndpoint) ? known.armEndpoint : armEndpoint),
    authorityHost: value.GATEHOUSE_AUTHORITY_HOST ?? value.AZURE_AUTHORITY_HOST ?? known.authorityHost,
  };
}

function eventSettings(value: z.infer<typeof environment>): EventSettings | undefined {
  const { GATEHOUSE_EVENTS_FUNCTION_ID: functionId, GATEHOUSE_EVENTS_ENDPOINT: url } = value;
  const destination: EventDestination | undefined =
    functionId !== undefined
      ? { kind: 'function', functionId }
      : url !== undefined
        ? { kind: 'webhook', url }
        : undefined;
  if (destination === undefined) return undefined;
  const { GATEHOUSE_EVENTS_RESOURCE_GROUP: resourceGroup, GATEHOUSE_EVENTS_IDENTITY: identityId } = value;
  const [, storageAccountId, container] = containerId.exec(value.GATEHOUSE_EVENTS_DEADLETTER ?? '') ?? [];
  return {
    destination,
    ...(resourceGroup === undefined ? {} : { resourceGroup }),
    ...(storageAccountId === undefined || container === undefined
      ? {}
      : { deadLetter: { storageAccountId, container, ...(identityId === undefined ? {} : { identityId }) } }),
  };
}

let parsed: { readonly from: string; readonly settings: Settings } | undefined;

/**
 * The settings of this process. Read at each use, so nothing can throw while the app's functions are loaded; parsed again
 * only when they have changed, since every request to Azure asks for them.
 *
 * @throws SettingsError
 */
export function settings(): Settings {
  const from = JSON.stringify(Object.keys(environment.shape).map((name) => process.env[name]));
  if (parsed?.from !== from) parsed = { from, settings: parseSettings(process.env) };
  return parsed.settings;
}

/**
 * When a timer of the app runs. Read as the app is loaded, where nothing may throw: a schedule that the host could not read would
 * switch the timer off, so the default takes its place, and the setting is told as every other that can't be used.
 */
export function timerSchedule(name: 'GATEHOUSE_DRIFT_SCHEDULE' | 'GATEHOUSE_SERVICE_POLL', standard: string): string {
  const given = process.env[name] ?? '';
  return isSchedule(given) ? given : standard;
}

/**
 * A secret that a spec names, from the app setting of that name (`GATEHOUSE_SECRET_…`). It must reach neither a log nor an
 * activity's input or output: what an orchestration knows is stored.
 *
 * @returns undefined where there is no such setting
 */
export function specSecret(name: string): string | undefined {
  const value = name.startsWith(SECRET_PREFIX) ? process.env[name] : undefined;
  return value === '' ? undefined : value;
}

const SECRET_PREFIX = 'GATEHOUSE_SECRET_';

/** Whether a URL's host is this machine: the only place where plain http is accepted. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
