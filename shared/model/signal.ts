import * as z from 'zod';
import { completedSpec, type EnvironmentSpec } from './environmentSpec.ts';
import type { Problem } from './problem.ts';

/** A message to a lane. The id makes it harmless to hear one twice. */
export type Signal = SignalContent & {
  /** `traceparent` of what has sent it; absent: that is not traced. */
  readonly trace?: string;
};

type SignalContent =
  | { readonly kind: 'retry'; readonly id: string; readonly time: string }
  | {
      readonly kind: 'sync';
      readonly id: string;
      readonly time: string;
      /** Who asks: services have changed, the drift timer, or a person. */
      readonly reason: 'services' | 'drift' | 'manual';
      /** ISO 8601: not to be heeded before. Older versions said it so; a lane's clock may be another than theirs. */
      readonly notBefore?: string;
      /** Seconds after the lane has heard it, so that many environments don't ask Azure at once; absent: at once. */
      readonly afterSeconds?: number;
    }
  | {
      readonly kind: 'approve';
      readonly id: string;
      readonly time: string;
      /** Hash of the held deletions that are released. */
      readonly plan: string;
    }
  | {
      readonly kind: 'grant';
      readonly id: string;
      readonly time: string;
      readonly label: string;
      readonly cidr: string;
      /** ISO 8601; absent: until it is revoked. */
      readonly expires?: string;
    }
  /** Forget the environment, and leave everything as it is. */
  | { readonly kind: 'release'; readonly id: string; readonly time: string }
  | { readonly kind: 'revoke'; readonly id: string; readonly time: string; readonly label: string }
  | {
      readonly kind: 'spec';
      readonly id: string;
      readonly time: string;
      /** What the environment is to be from now on. */
      readonly spec: EnvironmentSpec;
    }
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
/** What can't be read as a `traceparent` leads to no trace, and keeps no signal from being heard. */
const trace = z.string().max(100).exactOptional();
const spec = z.unknown().transform((value, context): EnvironmentSpec => {
  const completed = completedSpec(value);
  if (completed !== undefined) return completed;
  context.addIssue({ code: 'custom', message: 'is no spec' });
  return z.NEVER;
});
const signalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('retry'), id, time, trace }),
  z.strictObject({ kind: z.literal('release'), id, time, trace }),
  z.strictObject({ kind: z.literal('delete'), id, time, trace, force: z.boolean() }),
  z.strictObject({
    kind: z.literal('sync'),
    id,
    time,
    trace,
    reason: z.enum(['services', 'drift', 'manual']),
    notBefore: time.exactOptional(),
    afterSeconds: z.number().min(0).max(3600).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('approve'), id, time, trace, plan: z.string().min(1).max(100) }),
  z.strictObject({
    kind: z.literal('grant'),
    id,
    time,
    trace,
    label: z.string().min(1).max(40),
    cidr: z.string().min(1).max(18),
    expires: z.iso.datetime({ offset: true }).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('revoke'), id, time, trace, label: z.string().min(1).max(40) }),
  z.strictObject({ kind: z.literal('spec'), id, time, trace, spec }),
]);

/** Reads a signal as it comes out of an orchestration's event: anybody with the task hub's key may have raised it. */
export function parseSignal(input: unknown): SignalResult {
  const parsed = signalSchema.safeParse(input);
  if (parsed.success) return { ok: true, signal: parsed.data };
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
    remedy: 'Send a signal of a known kind with id, ISO 8601 time in UTC and the fields of its kind.',
  }));
  return { ok: false, problems };
}
