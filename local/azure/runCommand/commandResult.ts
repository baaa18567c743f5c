/** What a command run in a cluster has come to. */
export interface CommandResult {
  readonly id: string;
  readonly clusterId: string;
  readonly exitCode: number;
  /** Standard output and standard error as they came. */
  readonly logs: string;
  /** Epoch ms, Azure time. */
  readonly startedAt: number;
  readonly finishedAt: number;
}
