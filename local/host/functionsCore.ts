/**
 * The part of the `@azure/functions-core` protocol that a host provides and `@azure/functions` 4 asks for. The package
 * itself does not exist on npm: the Functions worker answers `require('@azure/functions-core')` from memory.
 */

/** Data on its way into or out of a function, as the worker protocol's TypedData; one of the fields is set. */
export interface TypedData {
  readonly string?: string | null;
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly http?: RpcHttp | null;
  readonly int?: number | null;
  readonly double?: number | null;
}

export interface RpcHttp {
  readonly url?: string;
  readonly method?: string;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: TypedData | null | undefined;
  readonly cookies?: readonly RpcCookie[];
}

export interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value?: string } | null;
  readonly path?: { readonly value?: string } | null;
  readonly expires?: { readonly value?: { readonly seconds: number } } | null;
  readonly secure?: { readonly value?: boolean } | null;
  readonly httpOnly?: { readonly value?: boolean } | null;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: { readonly value?: number } | null;
}

export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly name?: string;
  readonly [option: string]: unknown;
}

export type FunctionCallback = (...args: unknown[]) => unknown;

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: unknown;
}

/** What the library asks of one invocation. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly invocationId: string;
    readonly functionId: string;
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    readonly traceContext: { readonly traceParent: string };
  };
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: string, category: string, message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
}

export interface ProgrammingModel {
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type Hook = (context: unknown) => unknown;

/** What the core hands to whoever loads an app. */
export interface Registrar {
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel | undefined;
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): () => void;
  registerHook(name: HookName, hook: Hook): () => void;
  log(level: string, message: string): void;
}

class Disposable {
  readonly #dispose: () => void;

  constructor(dispose: () => void = () => undefined) {
    this.#dispose = dispose;
  }

  static from(...disposables: { dispose(): void }[]): Disposable {
    return new Disposable(() => disposables.forEach((disposable) => disposable.dispose()));
  }

  dispose(): void {
    this.#dispose();
  }
}

/** @returns the module that stands for `@azure/functions-core`. */
export function functionsCore(registrar: Registrar) {
  return {
    version: '3.13.0',
    hostVersion: '4.1048.200',
    Disposable,
    setProgrammingModel: (model: ProgrammingModel) => registrar.setProgrammingModel(model),
    getProgrammingModel: () => registrar.getProgrammingModel(),
    registerHook: (name: HookName, hook: Hook) => new Disposable(registrar.registerHook(name, hook)),
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      new Disposable(registrar.registerFunction(metadata, callback)),
    log: (level: string, _category: string, message: string) => registrar.log(level, message),
  };
}
