import type { SkipCode } from './publication.ts';

/** What a sync may write. */
export type SyncTarget =
  'firewallPolicy' | 'firewallRules' | 'firewall' | 'routes' | 'publicIps' | 'networkRouting' | 'jumpbox';

/** What one sync came to; small, since it lives in a lane's input and status. Details are read live. */
export interface SyncReport {
  /** Rules of the firewall that were written, or would be if the policy let them. */
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Rules that stay although nothing calls for them as they are: held, unreadable, or by policy. */
  readonly kept: number;
  /** Service ports without a rule; each has its reason in GET …/services. */
  readonly skipped: number;
  /** How many for each reason; absent in reports of older versions. */
  readonly skippedBy?: Readonly<Partial<Record<SkipCode, number>>>;
  readonly conflicts: number;
  /** Deletions that wait for approval. */
  readonly held?: { readonly hash: string; readonly rules: number; readonly reason: string };
  /** What stood in the way of a part of it, in a sentence each: services that could not be listed, foreign edits. */
  readonly problems: readonly string[];
  /** Differences that no service explains, edits behind Gatehouse's back, as `check: what`. */
  readonly drift: readonly string[];
  /** Who changed last what drifted, as far as the activity log tells, in a sentence each. */
  readonly causes: readonly string[];
  /** What has to be written; empty when everything is as it should be. */
  readonly writes: readonly SyncTarget[];
  /** Whether the firewall was written. */
  readonly wrote: boolean;
  /** What a new publication answered when it was tried. */
  readonly probes: readonly { readonly name: string; readonly result: string }[];
  /** Of every rule that the services call for: what the next sync knows hand edits of rules by. */
  readonly fingerprints: readonly string[];
  /** Of the services that were planned with, by cluster; see shared/plan/serviceFingerprints. */
  readonly services?: Readonly<Record<string, string>>;
  /** Marks of what services' owners have been told; see shared/plan/serviceNotes. Absent: this part of a sync tells nothing. */
  readonly told?: string;
  /** The version of the egress catalogue that the rules were compared with. */
  readonly catalogue?: string;
  /** Of everything on the firewall that isn't Gatehouse's, as it was when the firewall was written. */
  readonly foreign?: string;
}
