import type { OwnedRule } from '../actual/natRules.ts';
import type { ListProblem } from '../model/publication.ts';
import { sentences } from '../model/sentences.ts';
import type { LoadBalancerService, ServiceList } from '../model/service.ts';
import { compared } from './compared.ts';

export type ListState = 'complete' | 'empty' | 'failed';

/** What the lists of all clusters say together. */
export interface ReadLists {
  readonly services: readonly LoadBalancerService[];
  readonly problems: readonly ListProblem[];
  /** By cluster, lower-case as in the names of rules. */
  readonly states: ReadonlyMap<string, ListState>;
}

/** An empty list is believed where there is hardly anything to lose. */
const FEW_RULES = 1;

/**
 * The services of all lists that can be believed. A list that failed, that is partial, that is missing, or that is empty
 * where rules would go with it, says nothing about what is gone.
 */
export function readLists(lists: readonly ServiceList[], owned: readonly OwnedRule[]): ReadLists {
  const counts = new Map<string, number>();
  for (const { cluster } of owned) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  const problems: ListProblem[] = [];
  const states = new Map<string, ListState>();
  const services: LoadBalancerService[] = [];
  // What failed comes first, so that nothing overrules it.
  for (const list of lists.toSorted((a, b) => compared(a.cluster, b.cluster) || -compared(a.state, b.state))) {
    const cluster = list.cluster.toLowerCase();
    const count = counts.get(cluster) ?? 0;
    if (list.state !== 'complete') {
      states.set(cluster, 'failed');
      const what = `The services of ${list.cluster} could not be listed (${list.reason.replace(/\.$/, '')}); ${staying(count)}`;
      const message = sentences(what, list.remedy);
      problems.push({
        cluster: list.cluster,
        code: list.state === 'partial' ? 'list-partial' : 'list-failed',
        message,
      });
    } else if (states.get(cluster) === 'failed') {
      continue;
    } else if (list.services.length === 0 && count > FEW_RULES) {
      states.set(cluster, 'empty');
      const message = `${list.cluster} answered that it has no services at all while it has ${count} rules; they are held until that is approved.`;
      problems.push({ cluster: list.cluster, code: 'list-empty', message });
    } else {
      states.set(cluster, 'complete');
      for (const service of list.services) services.push(service);
    }
  }
  for (const [cluster, count] of [...counts].toSorted(([a], [b]) => compared(a, b))) {
    if (states.has(cluster)) continue;
    const message = `Nobody has listed the services of ${cluster}; ${staying(count)}`;
    problems.push({ cluster, code: 'cluster-not-listed', message });
  }
  return { services: inOrder(services), problems, states };
}

const staying = (rules: number): string =>
  rules === 1 ? 'its 1 rule stays as it is.' : `its ${rules} rules stay as they are.`;

/**
 * By namespace, name and cluster, each once. API servers list in this order, so mostly there is nothing to do; a service that
 * comes twice (pages shift while they are read) counts as the younger of the two.
 */
function inOrder(services: readonly LoadBalancerService[]): readonly LoadBalancerService[] {
  if (isInOrder(services)) return services;
  const youngest = new Map<string, LoadBalancerService>();
  for (const service of services) {
    const other = youngest.get(service.key);
    if (other === undefined || isYounger(service, other)) youngest.set(service.key, service);
  }
  return [...youngest.values()].sort((a, b) => compared(a.key, b.key));
}

function isInOrder(services: readonly LoadBalancerService[]): boolean {
  let before = '';
  for (const { key } of services) {
    if (before >= key) return false;
    before = key;
  }
  return true;
}

function isYounger(a: LoadBalancerService, b: LoadBalancerService): boolean {
  return a.createdAtSeconds > b.createdAtSeconds || (a.createdAtSeconds === b.createdAtSeconds && a.uid > b.uid);
}
