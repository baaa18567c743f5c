/** What one sync came to; small, since it lives in a lane's input and status. Details are read live. */
export interface SyncReport {
  /** Rules of the firewall that were written, or would be if the policy let them. */
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Service ports without a rule; each has its reason in GET …/services. */
  readonly skipped: number;
  readonly conflicts: number;
  /** Deletions that wait for approval. */
  readonly held?: { readonly hash: string; readonly rules: number; readonly reason: string };
  /** Clusters whose services could not be listed, in a sentence each. */
  readonly problems: readonly string[];
  /** Differences of the firewall that no service explains: edits behind Gatehouse's back. */
  readonly drift: readonly string[];
  /** Whether the firewall was written. */
  readonly wrote: boolean;
  /** What a new publication answered when it was tried. */
  readonly probes: readonly { readonly name: string; readonly result: string }[];
}
