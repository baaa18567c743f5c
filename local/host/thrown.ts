import { inspect, types } from 'node:util';

/** As the Functions worker does: whatever is thrown becomes an Error. Errors of another realm are errors too. */
export const asError = (thrown: unknown): Error =>
  types.isNativeError(thrown) ? thrown : new Error(typeof thrown === 'string' ? thrown : inspect(thrown));

/** @returns the stack of what was thrown, for logs. */
export function describeThrown(thrown: unknown): string {
  const { stack, message } = asError(thrown);
  return stack ?? message;
}

/** @returns whether a system call failed with that code. */
export const isErrno = (thrown: unknown, code: string): boolean =>
  types.isNativeError(thrown) && 'code' in thrown && thrown.code === code;
