import { createHash } from 'node:crypto';

/** Who did something. */
type Actor =
  /** Somebody signed in by Entra. */
  | { readonly kind: 'principal'; readonly id: string; readonly name?: string; readonly roles: readonly string[] }
  /** Whoever had this function key; `id` is a fingerprint of it. */
  | { readonly kind: 'key'; readonly id: string }
  /** Somebody who did not prove who they are. */
  | { readonly kind: 'anyone' }
  /** A timer of the app. */
  | { readonly kind: 'timer'; readonly id: string }
  /** An event of Event Grid, by its id. */
  | { readonly kind: 'event'; readonly id: string }
  /** An environment's own orchestration, which does what it has been told, in its own time. */
  | { readonly kind: 'lane'; readonly id: string };

/** One thing that was done or refused. */
export interface Act {
  readonly actor: Actor;
  /** Name of the function, or of graph and step: `startEnvironment`, `sync.firewallRules`. */
  readonly act: string;
  readonly environment?: string;
  /** What more there is to say, e.g. the label of a grant. */
  readonly detail?: string;
  /** `accepted`, `wrote`, `signalled`, or the code of the problem that it was refused or failed with. */
  readonly outcome: string;
  /** Invocation id, which leads to the other log lines. */
  readonly request: string;
}

/** An act with its place in a chain. The order of the fields is that in which they are hashed. */
export interface AuditRecord extends Act {
  /** Format of the record. */
  readonly audit: 1;
  /** Id of the chain: each process begins its own. */
  readonly chain: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Hash of the record before; of the first, `FIRST`. */
  readonly previous: string;
  /** SHA-256, hexadecimal, of the record without this field. */
  readonly hash: string;
}

/** What a chain's first record follows. */
export const FIRST = '0'.repeat(64);

/** What a log line of a record begins with. */
export const AUDIT_PREFIX = 'audit ';

/** The hash that a record must have. */
export const hashOf = ({ hash: _hash, ...content }: Omit<AuditRecord, 'hash'> & { readonly hash?: string }): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');

/** What pins a record and everything before it: whoever keeps it can tell later whether the chain was cut or rewritten. */
export const receiptOf = ({ chain, sequence, hash }: AuditRecord): string => `${chain}.${sequence}.${hash}`;
