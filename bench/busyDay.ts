import type { ClusterServices } from './clusterServices.ts';

const SERVICES = 30;

/** What a service should be published at; no port once it is gone. */
export interface Wanted {
  readonly port: number | undefined;
  /** Of the day, when it was last changed. */
  readonly minute: number;
}

/** A day in which a service comes, gets another port or goes every minute, in turn. */
export function busyDay({ publish, move, remove }: Pick<ClusterServices, 'publish' | 'move' | 'remove'>) {
  const wanted = new Map<string, Wanted>();
  return {
    /** By name. */
    wanted: wanted as ReadonlyMap<string, Wanted>,
    change: async (minute: number): Promise<void> => {
      const name = `svc-${(minute * 7) % SERVICES}`;
      const known = wanted.get(name)?.port;
      const port = 8000 + (minute % 1000);
      const goes = known !== undefined && minute % 3 === 0;
      if (known === undefined) await publish(name, port);
      else if (goes) await remove(name);
      else await move(name, port);
      wanted.set(name, { port: goes ? undefined : port, minute });
    },
  };
}
