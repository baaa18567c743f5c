import type { Json } from '../../local/azure/json.ts';

/** What a run leaves in its directory. */
export const files = {
  /** Everything that the local cloud keeps. */
  state: 'state',
  /** Azure time (epoch ms) when it ended: virtual time goes on from there. */
  clock: 'clock',
  /** Writes that Azure accepted, one line each. */
  writes: 'writes',
  /** Whoever set it going has got the answers. */
  begun: 'begun',
  /** What it was killed after. */
  killed: 'killed',
  result: 'result.json',
} as const;

/** The same over restarts: operations are followed at the address that they were given. */
export interface Ports {
  readonly functionsPort: number;
  readonly azurePort: number;
  readonly kubernetesPort: number;
}

export interface Result {
  /** Records of the task hub and requests to Azure: the places where a process may die. */
  readonly points: number;
  readonly state: Json;
}
