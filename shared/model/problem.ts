/** One thing that is wrong with what a caller sent, where it is wrong, and what to do about it. */
export interface Problem {
  /** Dotted path of the field, e.g. `network.firewallSubnet.prefix`; empty when the whole is meant. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}
