import { v5 as uuidV5 } from 'uuid';

/** A span's place in a trace, as W3C Trace Context has it. */
export interface SpanPlace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/**
 * The trace of one pass over a graph. It lives in a lane's state, so that every activity of the pass finds it there, and a replay
 * or a retry finds the same.
 */
export interface PassTrace {
  /** `traceparent` of the pass's own span. */
  readonly traceparent: string;
  /** `traceparent` of what called for the pass first: the span that it is a part of. */
  readonly parent: string;
  /** Of what else called for it. */
  readonly links: readonly string[];
}

/** What has called for a pass; more are as good as these. */
const MAX_CAUSES = 10;
const NAME_SPACE = '5f1ddd0c-6a0e-5b8e-9a53-0c0d4a9b7f21';
/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00. */
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a `traceparent`; undefined for what is none. */
export function spanPlace(traceparent: string | undefined): SpanPlace | undefined {
  const [, traceId, spanId, flags] = pattern.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const traceparentOf = ({ traceId, spanId, sampled }: SpanPlace): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** What is remembered of causes until the pass begins that they call for. */
export const withCause = (causes: readonly string[], traceparent: string): readonly string[] =>
  causes.includes(traceparent) ? causes : [...causes, traceparent].slice(-MAX_CAUSES);

/**
 * The trace of a pass: a part of the trace of its first cause, with links to the others.
 *
 * @param name unlike that of any other pass; the same name gives the same span, as a replay has to
 * @returns undefined where no cause has a trace, as where telemetry is off
 */
export function passTrace(causes: readonly string[], name: string): PassTrace | undefined {
  const [parent, ...links] = causes.filter((cause) => spanPlace(cause) !== undefined);
  const place = spanPlace(parent);
  if (parent === undefined || place === undefined) return undefined;
  const spanId = uuidV5(`${parent} ${name}`, NAME_SPACE).replaceAll('-', '').slice(0, 16);
  return { traceparent: traceparentOf({ ...place, spanId }), parent, links };
}
