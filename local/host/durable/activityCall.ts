import type { AppFunction } from '../app.ts';
import { valueOf } from '../invocation.ts';
import type { HttpCall } from './actions.ts';
import { HTTP_ACTIVITY } from './httpPolling.ts';
import type { Message, TaskScheduled } from './history.ts';
import { EventType, fromJson, fromOutside, toJson } from './history.ts';
import { asError } from '../thrown.ts';
import type { RunFunction } from './orchestratorCall.ts';

/**
 * Runs a scheduled activity. It may have run before: after a crash everything without a recorded outcome runs again.
 *
 * @param now the clock's time in ISO 8601, asked when the activity has ended.
 * @returns the message for the orchestrator that scheduled it; failures are messages too.
 */
export async function callActivity(
  run: RunFunction,
  fn: AppFunction | undefined,
  scheduled: TaskScheduled,
  instanceId: string,
  now: () => string,
): Promise<Message> {
  const input = fromJson(scheduled.Input);
  try {
    const result =
      scheduled.Name === HTTP_ACTIVITY
        ? await callHttp(input as HttpCall)
        : await callFunction(run, fn, scheduled.Name, input, instanceId);
    return {
      ...fromOutside(now()),
      EventType: EventType.taskCompleted,
      TaskScheduledId: scheduled.EventId,
      Result: toJson(result),
    };
  } catch (error) {
    return {
      ...fromOutside(now()),
      EventType: EventType.taskFailed,
      TaskScheduledId: scheduled.EventId,
      ...failure(scheduled.Name, error),
    };
  }
}

/** The wording of the extension; the orchestrator sees both parts in the message of its error. */
function failure(name: string, error: unknown) {
  const { message, stack } = asError(error);
  return {
    Reason: `Activity function '${name}' failed: ${message}`,
    Details: JSON.stringify({
      $type: 'System.Exception, System.Private.CoreLib',
      Message: message,
      StackTraceString: stack,
    }),
  };
}

async function callFunction(
  run: RunFunction,
  fn: AppFunction | undefined,
  name: string,
  input: unknown,
  instanceId: string,
): Promise<unknown> {
  if (fn?.trigger.type !== 'activityTrigger')
    throw new Error(`The function '${name}' doesn't exist, is disabled, or is not an activity function.`);
  // The extension hands over text: a string as it is, everything else as JSON. The library then parses what parses.
  const text = input === null || typeof input === 'string' ? input : JSON.stringify(input);
  return valueOf(await run(fn, { string: text }, { instanceId: { string: instanceId } }));
}

async function callHttp(request: HttpCall): Promise<unknown> {
  if (request.tokenSource !== undefined && request.tokenSource !== null)
    throw new Error('callHttp with a token source needs a managed identity, which the local host has none of.');
  const response = await fetch(request.uri, {
    method: request.method,
    headers: { ...request.headers },
    ...(request.content !== undefined && { body: request.content }),
  });
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    content: await response.text(),
  };
}
