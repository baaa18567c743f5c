import { FIRST, hashOf, type Act, type AuditRecord } from './record.ts';

/** A chain under way: each record holds the hash of the one before, so that none can be changed or taken out unseen. */
export interface AuditChain {
  /** Adds an act; the caller logs the record. */
  add(act: Act, time: Date): AuditRecord;
}

/** @param chain an id that no other chain has */
export function auditChain(chain: string): AuditChain {
  let last: AuditRecord | undefined;
  return {
    add(act, time) {
      const content = {
        audit: 1 as const,
        chain,
        sequence: (last?.sequence ?? 0) + 1,
        time: time.toISOString(),
        ...act,
        previous: last?.hash ?? FIRST,
      };
      last = { ...content, hash: hashOf(content) };
      return last;
    },
  };
}
