import { globSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Binding, FunctionCallback, Hook, HookName, ProgrammingModel } from './functionsCore.ts';
import { functionsCore } from './functionsCore.ts';
import type { Log, LogLevel } from './logging.ts';

export interface AppFunction {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly triggerName: string;
  readonly trigger: Binding;
  readonly callback: FunctionCallback;
}

/** A function app as its modules registered it. */
export interface FunctionApp {
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly hooks: ReadonlyMap<HookName, readonly Hook[]>;
  readonly model: ProgrammingModel;
}

export class AppLoadError extends Error {
  override readonly name = 'AppLoadError';
}

interface Registration {
  readonly functions: Map<string, AppFunction>;
  readonly hooks: Map<HookName, Hook[]>;
}

/**
 * What this realm has loaded. Modules are evaluated once, and so register their functions once: a second host of the
 * same app finds them here. Each jest test file is a realm of its own, with its own modules.
 */
interface Realm {
  model: ProgrammingModel | undefined;
  registering: Registration | undefined;
  log: Log;
  readonly apps: Map<string, Promise<FunctionApp>>;
  loading: Promise<unknown>;
}

const CORE = Symbol.for('gatehouse.functions-core');
const REALM = Symbol.for('gatehouse.functions-realm');

/**
 * Loads the modules of an app, in whose course they register their functions with `@azure/functions`.
 *
 * @param entry one module, instead of those that `main` of package.json names (a glob, as in Azure).
 * @throws AppLoadError when nothing registers, or when the app asks for what the local host does not do.
 */
export function loadApp(appDirectory: string, entry: string | undefined, log: Log): Promise<FunctionApp> {
  const realm = installedRealm();
  realm.log = log;
  const modules = entry === undefined ? mainModules(appDirectory) : [resolve(appDirectory, entry)];
  const key = modules.join('\n');
  const loaded = realm.apps.get(key);
  if (loaded !== undefined) return loaded;
  // Registrations belong to the one app that is being loaded.
  const app = realm.loading.then(() => registerModules(realm, modules));
  realm.loading = app.catch(() => undefined);
  realm.apps.set(key, app);
  return app;
}

async function registerModules(realm: Realm, modules: readonly string[]): Promise<FunctionApp> {
  const registration: Registration = { functions: new Map(), hooks: new Map() };
  realm.registering = registration;
  try {
    for (const module of modules) await import(pathToFileURL(module).href);
  } finally {
    realm.registering = undefined;
  }
  if (realm.model === undefined || registration.functions.size === 0)
    throw new AppLoadError(
      `No function was registered by ${modules.join(', ')}. Does it import @azure/functions, of which there may only be ` +
        `one copy, and was it not loaded as a part of another app before?`,
    );
  const capabilities = await realm.model.getCapabilities({});
  if (capabilities['HttpUri'] !== undefined)
    throw new AppLoadError('The local host does not do HTTP streams: leave out enableHttpStream of app.setup().');
  return { functions: registration.functions, hooks: registration.hooks, model: realm.model };
}

function mainModules(appDirectory: string): string[] {
  const path = join(appDirectory, 'package.json');
  const main = (JSON.parse(readFileSync(path, 'utf8')) as { main?: unknown }).main;
  if (typeof main !== 'string')
    throw new AppLoadError(`${path} has no "main": it names the modules that register functions, as a glob.`);
  const modules = globSync(main, { cwd: appDirectory, exclude: ['**/node_modules/**'] });
  if (modules.length === 0)
    throw new AppLoadError(`No file matches "main" of ${path} (${main}). Has the app been built?`);
  return modules.sort().map((module) => resolve(appDirectory, module));
}

/** Answers `require('@azure/functions-core')` in this process, and tells jest's module mapper what to answer. */
function installedRealm(): Realm {
  const globals = globalThis as { [CORE]?: unknown; [REALM]?: Realm };
  const installed = globals[REALM];
  if (installed !== undefined) return installed;

  const realm: Realm = {
    model: undefined,
    registering: undefined,
    log: () => undefined,
    apps: new Map(),
    loading: Promise.resolve(),
  };
  const core = functionsCore({
    setProgrammingModel: (model) => void (realm.model = model),
    getProgrammingModel: () => realm.model,
    log: (level, message) => realm.log(level as LogLevel, 'worker', message),
    registerFunction: (metadata, callback) => {
      const { functions } = open(realm);
      if (functions.has(metadata.name))
        throw new AppLoadError(`A function named "${metadata.name}" has already been registered.`);
      const [triggerName, trigger] =
        Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type)) ?? [];
      if (triggerName === undefined || trigger === undefined)
        throw new AppLoadError(`The function "${metadata.name}" has no trigger.`);
      functions.set(metadata.name, {
        name: metadata.name,
        bindings: metadata.bindings,
        triggerName,
        trigger,
        callback,
      });
      return () => void functions.delete(metadata.name);
    },
    registerHook: (name, hook) => {
      const { hooks } = open(realm);
      hooks.set(name, [...(hooks.get(name) ?? []), hook]);
      return () =>
        void hooks.set(
          name,
          (hooks.get(name) ?? []).filter((other) => other !== hook),
        );
    },
  });
  globals[REALM] = realm;
  globals[CORE] = core;
  hookRequire(core);
  return realm;
}

function open(realm: Realm): Registration {
  if (realm.registering === undefined)
    throw new AppLoadError('A function can only be registered while the app is being loaded.');
  return realm.registering;
}

function hookRequire(core: unknown): void {
  const prototype = (Module as unknown as { prototype: { require: (this: unknown, id: string) => unknown } }).prototype;
  const original = prototype.require;
  prototype.require = function (id) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };
}
