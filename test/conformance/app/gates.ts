/**
 * Gates let a case say when an activity ends: the activity waits at a gate, the case opens it over HTTP. They live in the
 * worker's memory, so the host must run one worker process (the default).
 */
const opened = new Set<string>();
const waiting = new Map<string, (() => void)[]>();

export function passGate(name: string): Promise<void> {
  if (opened.has(name)) return Promise.resolve();
  return new Promise((resolve) => waiting.set(name, [...(waiting.get(name) ?? []), resolve]));
}

export function openGate(name: string): void {
  opened.add(name);
  for (const resolve of waiting.get(name) ?? []) resolve();
  waiting.delete(name);
}
