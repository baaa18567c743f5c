import { v5 as uuidV5 } from 'uuid';
import type { SkipCode, SkippedPort } from '../model/publication.ts';
import type { ServiceList } from '../model/service.ts';
import { compared } from './compared.ts';

const NAME_SPACE = '3c0f7f1e-5d0c-5b3f-9a57-0f6e1f0b7a44';

/** What Azure had not come to yet when the services were planned: it may change without any of them. */
const passing: readonly SkipCode[] = ['not-a-load-balancer-frontend', 'load-balancers-unknown', 'no-route-to-internet'];

/**
 * By cluster one short text for all of its services as far as publications depend on them, so that a pass which only lists them
 * knows whether a sync has planned with the same. A cluster is left out where that does not tell: its list is not complete, or
 * suspiciously empty, or a port waits for what Azure has not come to yet.
 */
export function serviceFingerprints(
  lists: readonly ServiceList[],
  skipped: readonly Pick<SkippedPort, 'cluster' | 'code'>[],
): Readonly<Record<string, string>> {
  const waiting = new Set(skipped.filter(({ code }) => passing.includes(code)).map(({ cluster }) => cluster));
  return Object.fromEntries(
    lists.flatMap((list) => {
      const fingerprint = serviceFingerprint(list);
      return fingerprint === undefined || waiting.has(list.cluster) ? [] : [[list.cluster, fingerprint]];
    }),
  );
}

/** Of one cluster's list; undefined for one that is not complete, or empty: `default/kubernetes` always exists. */
export function serviceFingerprint(list: ServiceList): string | undefined {
  if (list.state !== 'complete' || list.services.length === 0) return undefined;
  const balanced = list.services
    .filter(({ isLoadBalancer }) => isLoadBalancer)
    .toSorted((a, b) => compared(a.key, b.key));
  return uuidV5(JSON.stringify(balanced), NAME_SPACE);
}
