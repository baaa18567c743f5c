import type { AppFunction } from '../app.ts';

/** @returns why an orchestrator can't call, or the hub can't run, a function of that name; undefined when it can. */
export function whyNotCallable(
  functions: ReadonlyMap<string, AppFunction>,
  kind: 'activity' | 'orchestrator',
  name: string,
): string | undefined {
  const trigger = kind === 'activity' ? 'activityTrigger' : 'orchestrationTrigger';
  if (functions.get(name)?.trigger.type === trigger) return undefined;
  const known = [...functions.values()].filter((fn) => fn.trigger.type === trigger).map((fn) => `'${fn.name}'`);
  return (
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
    `Additional info: The following are the known ${kind} functions: ${known.join(', ')}.`
  );
}
