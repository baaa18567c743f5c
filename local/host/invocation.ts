import { randomBytes, randomUUID } from 'node:crypto';
import type { AppFunction, FunctionApp } from './app.ts';
import type { CoreInvocationContext, HookName, TypedData } from './functionsCore.ts';
import type { Log, LogLevel } from './logging.ts';
import { asError } from './thrown.ts';

export interface Invocation {
  readonly trigger: TypedData;
  /** Values of further input bindings by their name, such as the durable client's. */
  readonly inputs?: Readonly<Record<string, TypedData>>;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
}

/** A function ran longer than `functionTimeout` of host.json. */
class FunctionTimeoutError extends Error {
  constructor(name: string, timeoutMs: number) {
    super(`Timeout value of ${timeoutMs / 1000} s (functionTimeout of host.json) was exceeded by function: ${name}`);
    this.name = 'FunctionTimeoutError';
  }
}

/**
 * Runs a function once through the programming model, so that arguments and results are converted by `@azure/functions`
 * itself.
 *
 * @returns the return value; undefined or null where the function returned nothing.
 * @throws what the function throws.
 */
export async function invoke(
  app: FunctionApp,
  fn: AppFunction,
  invocation: Invocation,
  log: Log,
): Promise<TypedData | null | undefined> {
  const invocationId = randomUUID();
  const shown: { context?: unknown } = {};
  const coreContext: CoreInvocationContext = {
    invocationId,
    metadata: { name: fn.name, bindings: fn.bindings },
    request: {
      invocationId,
      functionId: fn.name,
      inputData: [
        { name: fn.triggerName, data: invocation.trigger },
        ...Object.entries(invocation.inputs ?? {}).map(([name, data]) => ({ name, data })),
      ],
      triggerMetadata: invocation.triggerMetadata ?? {},
      traceContext: { traceParent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01` },
    },
    log: (level, category, message) => {
      const hooked = { hookData: {}, appHookData: {}, invocationContext: shown.context, level, category, message };
      for (const hook of app.hooks.get('log') ?? []) hook(hooked);
      // Hooks may change what the app itself logs, and nothing else.
      const { level: kept, message: told } = category === 'user' ? hooked : { level, message };
      log(kept as LogLevel, fn.name, told);
    },
  };
  const model = app.model.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();
  shown.context = context;
  const hookContext = {
    hookData: {},
    appHookData: {},
    invocationContext: context,
    functionCallback: fn.callback,
    inputs,
    result: undefined as unknown,
    error: undefined as unknown,
  };
  coreContext.state = 'preInvocationHooks';
  await runHooks(app, 'preInvocation', hookContext);
  coreContext.state = 'invocation';
  try {
    hookContext.result = await model.invokeFunction(context, hookContext.inputs, hookContext.functionCallback);
  } catch (error) {
    hookContext.error = error;
  }
  coreContext.state = 'postInvocationHooks';
  await runHooks(app, 'postInvocation', hookContext);
  if (hookContext.error !== undefined && hookContext.error !== null) throw asError(hookContext.error);
  return (await model.getResponse(context, hookContext.result)).returnValue;
}

/** Waits no longer than `timeoutMs` of real time. What runs on after that is not heard any more. */
export async function withTimeout<T>(name: string, timeoutMs: number, running: Promise<T>): Promise<T> {
  if (!Number.isFinite(timeoutMs)) return running;
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new FunctionTimeoutError(name, timeoutMs)), timeoutMs);
    // What still runs when the host is closed must not keep the process.
    timer.unref();
  });
  try {
    return await Promise.race([running, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

export async function runHooks(app: FunctionApp, name: HookName, context: unknown): Promise<void> {
  for (const hook of app.hooks.get(name) ?? []) await hook(context);
}

/** @returns the value as an extension of the host sees it (TypedData.ToObject): bytes become base64. */
export function valueOf(data: TypedData | null | undefined): unknown {
  if (data === undefined || data === null) return null;
  if (typeof data.json === 'string') return JSON.parse(data.json);
  if (typeof data.string === 'string') return data.string;
  if (typeof data.int === 'number') return data.int;
  if (typeof data.double === 'number') return data.double;
  if (data.bytes) return Buffer.from(data.bytes).toString('base64');
  return data.http ?? null;
}
