import { z } from 'zod';
import type { Problem } from './problem.ts';

/** A message to a lane. The id makes it harmless to hear one twice. */
export type Signal =
  | { readonly kind: 'retry'; readonly id: string; readonly time: string }
  | {
      readonly kind: 'delete';
      readonly id: string;
      readonly time: string;
      /** Don't wait for operations that still run. */
      readonly force: boolean;
    };

export type SignalResult =
  { readonly ok: true; readonly signal: Signal } | { readonly ok: false; readonly problems: readonly Problem[] };

const id = z.string().min(1).max(100);
const time = z.iso.datetime();
const signalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('retry'), id, time }),
  z.strictObject({ kind: z.literal('delete'), id, time, force: z.boolean() }),
]);

/** Reads a signal as it comes out of an orchestration's event: anybody with the task hub's key may have raised it. */
export function parseSignal(input: unknown): SignalResult {
  const parsed = signalSchema.safeParse(input);
  if (parsed.success) return { ok: true, signal: parsed.data };
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
    remedy: "Send { kind: 'retry', id, time } or { kind: 'delete', id, time, force } with an ISO 8601 time in UTC.",
  }));
  return { ok: false, problems };
}
