const RECORD = Symbol.for('gatehouse.local-host-test-record');

/** What the functions of this app note down under a name, for tests in the same process. */
export function recorded(name: string): unknown[] {
  const globals = globalThis as { [RECORD]?: Map<string, unknown[]> };
  const records = (globals[RECORD] ??= new Map());
  const list = records.get(name) ?? [];
  records.set(name, list);
  return list;
}
