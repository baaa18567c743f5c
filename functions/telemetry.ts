import { app, type InvocationContext, type PreInvocationContext } from '@azure/functions';
import { logLevels, type LogLevel } from '../shared/model/logLevel.ts';
import { spanPlace, type PassTrace } from '../shared/model/traceContext.ts';
import { settings, SettingsError } from '../shared/settings.ts';
import { count } from '../shared/telemetry/instruments.ts';
import { inScope, type ScopeFields } from '../shared/telemetry/scope.ts';
import { flushTelemetry, startSpan } from '../shared/telemetry/spans.ts';
import type { ActiveSpan, Attributes, SpanStart } from '../shared/telemetry/tracing.ts';

/** They are replayed: what they did in one turn they seem to do in each. The lanes' states tell what came of them. */
const replayed = ['orchestrationTrigger', 'entityTrigger'];

/**
 * Puts each invocation into its scope, counts it, and traces it where telemetry goes somewhere. One hook does it for every
 * function that is registered, whenever that is.
 */
export function registerTelemetry(): void {
  app.hook.preInvocation((hooked) => {
    const { invocationContext, inputs } = hooked;
    if (replayed.includes(invocationContext.options.trigger.type)) return;
    hooked.functionHandler = instrumented(hooked.functionHandler, invocationContext, inputs[0]);
  });
  app.hook.appTerminate(flushTelemetry);
}

/** What the activities of a pass say of it in their input; see orchestrations/advance. */
interface ActivityInput {
  readonly spec?: { readonly name?: string };
  readonly graph?: string;
  readonly step?: string;
  readonly trace?: PassTrace;
  readonly beginsPass?: true;
  readonly access?: object;
  /** Of a look at an operation, which has no use for the spec. */
  readonly pass?: { readonly graph: string; readonly environment: string; readonly trace?: PassTrace };
}

type Handler = PreInvocationContext['functionHandler'];

function instrumented(handler: Handler, context: InvocationContext, input: unknown): Handler {
  const isActivity = context.options.trigger.type === 'activityTrigger';
  const given: ActivityInput = isActivity && typeof input === 'object' && input !== null ? input : {};
  const traced = given.trace ?? given.pass?.trace;
  const activity: ActivityInput = traced === undefined ? given : { ...given, trace: traced };
  const fields = fieldsOf(context, activity);
  const call = handler as (...args: unknown[]) => unknown;
  return async (...args: unknown[]): Promise<unknown> => {
    const pass = await startSpan(passSpan(activity, fields));
    const span = await startSpan(invocationSpan(context, activity, fields));
    const trace = spanPlace(traced?.traceparent)?.traceId ?? span?.traceId;
    const scope = {
      fields,
      ...(span === undefined ? {} : { span }),
      correlationId: trace === undefined ? context.invocationId : uuidOf(trace),
      log: (level: LogLevel, message: string) => {
        if (isLogged(level)) context[level](message);
      },
    };
    try {
      const result: unknown = await inScope(scope, () => call(...args));
      const failure = describeResult(result, span);
      if (failure !== undefined) span?.fail(failure);
      count('gatehouse_invocations_total', {
        function: fields.function,
        outcome: failure === undefined ? 'succeeded' : 'failed',
      });
      return result;
    } catch (error) {
      // What errors say may hold what must not leave the app.
      span?.fail(error instanceof Error ? error.name : 'Error');
      count('gatehouse_invocations_total', { function: fields.function, outcome: 'failed' });
      throw error;
    } finally {
      span?.end();
      pass?.end();
    }
  };
}

function fieldsOf(
  { functionName }: InvocationContext,
  { spec, graph, step, access, pass }: ActivityInput,
): ScopeFields {
  const environment = pass?.environment ?? spec?.name;
  const worksOn = pass?.graph ?? graph ?? (access === undefined ? undefined : 'access');
  return {
    function: functionName,
    ...(environment === undefined ? {} : { environment }),
    ...(worksOn === undefined ? {} : { graph: worksOn }),
    ...(step === undefined ? {} : { step }),
  };
}

/** The pass's own span: told once, by the activity that begins it, and known to all others of it beforehand. */
function passSpan({ trace, beginsPass }: ActivityInput, fields: ScopeFields): SpanStart | undefined {
  if (trace === undefined || beginsPass === undefined) return undefined;
  return {
    name: `${fields.graph ?? 'pass'} ${fields.environment ?? ''}`,
    kind: 'consumer',
    parent: trace.parent,
    links: trace.links,
    known: trace.traceparent,
    attributes: gatehouseAttributes(fields),
  };
}

const triggers: Readonly<Record<string, string>> = {
  httpTrigger: 'http',
  timerTrigger: 'timer',
  eventGridTrigger: 'pubsub',
};

function invocationSpan(context: InvocationContext, { trace }: ActivityInput, fields: ScopeFields): SpanStart {
  const { functionName, invocationId, options, traceContext } = context;
  const { trigger } = options;
  const host = traceContext?.traceParent;
  const parent = trace?.traceparent ?? host;
  const route = trigger.type === 'httpTrigger' && typeof trigger['route'] === 'string' ? trigger['route'] : undefined;
  return {
    name: fields.step === undefined ? functionName : `${functionName} ${fields.step}`,
    kind: trigger.type === 'httpTrigger' ? 'server' : 'consumer',
    ...(parent === undefined ? {} : { parent }),
    // The host's own spans of an activity belong to a trace that goes on for as long as the environment lives.
    links: trace === undefined || host === undefined ? [] : [host],
    attributes: {
      'faas.name': functionName,
      'faas.invocation_id': invocationId,
      'faas.trigger': triggers[trigger.type] ?? 'other',
      ...(route === undefined ? {} : { 'http.route': `/api/${route}` }),
      ...gatehouseAttributes(fields),
    },
  };
}

const gatehouseAttributes = ({ environment, graph, step }: ScopeFields): Attributes => ({
  ...(environment === undefined ? {} : { 'gatehouse.environment': environment }),
  ...(graph === undefined ? {} : { 'gatehouse.graph': graph }),
  ...(step === undefined ? {} : { 'gatehouse.step': step }),
});

/** Notes what came of it. @returns why it counts as failed */
function describeResult(result: unknown, span: ActiveSpan | undefined): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const status = 'status' in result ? result.status : undefined;
  if (typeof status === 'number') {
    span?.set({ 'http.response.status_code': status });
    return status >= 500 ? String(status) : undefined;
  }
  const outcome = 'outcome' in result ? result.outcome : status;
  if (typeof outcome !== 'string') return undefined;
  span?.set({ 'gatehouse.outcome': outcome });
  if (outcome !== 'failed') return undefined;
  const problem = 'problem' in result ? result.problem : undefined;
  return typeof problem === 'object' && problem !== null && 'code' in problem ? String(problem.code) : outcome;
}

/** A trace id as Azure writes ids. */
const uuidOf = (traceId: string): string => traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function isLogged(level: LogLevel): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(leastLevel());
}

function leastLevel(): LogLevel {
  try {
    return settings().logLevel;
  } catch (error) {
    // Who can't read the settings needs the log all the more.
    if (error instanceof SettingsError) return 'info';
    throw error;
  }
}
