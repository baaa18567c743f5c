import type { DurableApi } from './durableApi.ts';
import type { HostUnderTest } from './hostUnderTest.ts';

/** One fact about a Functions host with Durable Functions: its name is the fact, `run` throws when it isn't so. */
export interface ConformanceCase {
  readonly name: string;
  /** Needs days to pass, so only a host with virtual time can show it. */
  readonly needsVirtualTime?: true;
  run(api: DurableApi, host: HostUnderTest): Promise<void>;
}
