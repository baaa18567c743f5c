import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { VersionSettings } from './durable/versions.ts';
import { parseJsonWithComments } from './jsonWithComments.ts';
import { parseTimeSpan } from './timeSpan.ts';

/** What host.json says, defaults filled in. */
export interface HostSettings {
  readonly routePrefix: string;
  readonly hubName: string;
  readonly versions: VersionSettings;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
  /** Infinity for `-1`. */
  readonly functionTimeoutMs: number;
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly remedy: string;

  constructor(message: string, remedy = 'Correct that file and start again.', options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

const concurrency = z.int().min(1);

const hostJson = z.object({
  functionTimeout: z.string().default('00:30:00'),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      durableTask: z
        .object({
          hubName: z.string().default('TestHubName'),
          defaultVersion: z.string().nullable().default(null),
          versionMatchStrategy: z.enum(['None', 'Strict', 'CurrentOrOlder']).default('CurrentOrOlder'),
          versionFailureStrategy: z.enum(['Reject', 'Fail']).default('Reject'),
          maxConcurrentActivityFunctions: concurrency.default(10),
          maxConcurrentOrchestratorFunctions: concurrency.default(10),
        })
        .prefault({}),
    })
    .prefault({}),
});

const localSettings = z.object({
  Values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
});

/**
 * Reads host.json of the app; a missing one means defaults.
 *
 * @param environment where `%NAME%` in the hub's name is looked up.
 * @throws SettingsError naming the file and the setting.
 */
export function readHostSettings(appDirectory: string, environment: NodeJS.ProcessEnv): HostSettings {
  const path = join(appDirectory, 'host.json');
  const settings = parseFile(path, hostJson);
  const { http, durableTask } = settings.extensions;
  const functionTimeoutMs =
    settings.functionTimeout === '-1' ? Number.POSITIVE_INFINITY : parseTimeSpan(settings.functionTimeout);
  if (functionTimeoutMs === undefined)
    throw new SettingsError(`${path}: functionTimeout "${settings.functionTimeout}" is no hh:mm:ss.`);
  const hubName = resolveSetting(durableTask.hubName, environment);
  if (!/^[A-Za-z][A-Za-z0-9]{2,44}$/.test(hubName))
    throw new SettingsError(
      `${path}: extensions.durableTask.hubName "${hubName}" must be 3 to 45 letters and digits and start with a letter.`,
    );
  return {
    routePrefix: http.routePrefix,
    hubName,
    versions: {
      defaultVersion: durableTask.defaultVersion,
      matchStrategy: durableTask.versionMatchStrategy,
      failureStrategy: durableTask.versionFailureStrategy,
    },
    maxConcurrentActivityFunctions: durableTask.maxConcurrentActivityFunctions,
    maxConcurrentOrchestratorFunctions: durableTask.maxConcurrentOrchestratorFunctions,
    functionTimeoutMs,
  };
}

/** @returns `Values` of local.settings.json; none when the file is missing. @throws SettingsError */
export function readLocalValues(appDirectory: string): Readonly<Record<string, string>> {
  return parseFile(join(appDirectory, 'local.settings.json'), localSettings).Values;
}

/** @returns the text with every `%NAME%` replaced by that setting. @throws SettingsError for one that is not set. */
export function resolveSetting(text: string, environment: NodeJS.ProcessEnv): string {
  return text.replace(/%([^%]+)%/g, (_match, name: string) => {
    const value = environment[name];
    if (value === undefined)
      throw new SettingsError(
        `The app setting ${name} (%${name}%) is not set.`,
        'Add it to Values of local.settings.json.',
      );
    return value;
  });
}

function parseFile<T extends z.ZodType>(path: string, schema: T): z.output<T> {
  const content = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  try {
    return schema.parse(parseJsonWithComments(content));
  } catch (error) {
    const wrong = whatIsWrong(error);
    if (wrong === undefined) throw error;
    throw new SettingsError(`${path}${wrong}.`, undefined, { cause: error });
  }
}

function whatIsWrong(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return ` is no JSON: ${error.message}`;
  if (!(error instanceof z.ZodError)) return undefined;
  return `: ${error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
}
