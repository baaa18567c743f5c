/** What a sync came to, or several in a row that came to nothing. Small, since it lives in a lane's input. */
export interface SyncRecord {
  /** When it ended, or the last of them; ISO 8601, UTC. */
  readonly time: string;
  /** When the first of several ended. */
  readonly since?: string;
  /** How many syncs this stands for. */
  readonly looks: number;
  readonly result: 'done' | 'failed';
  /** Rules of services that were written; 0 where nothing was. */
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Differences that were found, and how many of them were repaired. */
  readonly drift: number;
  readonly repaired: number;
  /** Deletions that waited for approval. */
  readonly held: number;
  /** Whether the firewall was written. */
  readonly wrote: boolean;
  /** Why it failed. */
  readonly problem?: string;
}

const REMEMBERED_SYNCS = 20;
const LONGEST_PROBLEM = 300;

/** The history with one more sync, newest first. One that comes to the same as the last, and wrote nothing, is counted to it. */
export function withSync(history: readonly SyncRecord[], sync: Omit<SyncRecord, 'looks' | 'since'>): SyncRecord[] {
  const [last, ...before] = history;
  const { problem } = sync;
  const record = {
    ...sync,
    looks: 1,
    ...(problem === undefined ? {} : { problem: problem.slice(0, LONGEST_PROBLEM) }),
  };
  if (last !== undefined && !isChange(last) && !isChange(record) && sameOutcome(last, record)) {
    return [{ ...record, looks: last.looks + 1, since: last.since ?? last.time }, ...before];
  }
  return [record, ...history].slice(0, REMEMBERED_SYNCS);
}

const isChange = ({ wrote, repaired }: SyncRecord): boolean => wrote || repaired > 0;

const sameOutcome = (a: SyncRecord, b: SyncRecord): boolean =>
  a.result === b.result && a.drift === b.drift && a.held === b.held && a.problem === b.problem;
