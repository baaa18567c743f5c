import { at, isObject, stringAt, type JsonObject } from '../../local/azure/json.ts';
import type { LoggedRequest } from '../../local/azure/requestLog.ts';
import {
  clusterSubnetOf,
  egressOf,
  frontendsOf,
  ids,
  leadsTo,
  OUTBOUND_RANGE,
  privateIpOf,
  rangesOf,
  stands,
  type ForeignObject,
} from './world.ts';

/** What is looked at whenever the app talks to Azure, and at each of its writes. */
export interface Watch {
  readonly request: (request: LoggedRequest) => void;
  /** Somebody puts something beside what Gatehouse keeps: from now on it must stay. */
  addForeign(object: ForeignObject): void;
  removeForeign(object: ForeignObject): void;
  readonly foreign: readonly ForeignObject[];
  /** Somebody breaks the nodes' way out or their way to the API server by hand: until it is mended it is nobody else's fault. */
  tamper(what: 'egress' | 'ranges', act: () => Promise<boolean>): Promise<boolean>;
  /**
   * Reads are stale, or answers slow, until then: a write may meet another that runs, and what people put beside Gatehouse's
   * may fall between its last read and its write, which nothing can tell it beforehand.
   */
  allowStale(until: number): void;
  /** Whether what people put beside Gatehouse's is sure to be seen. */
  seesForeign(): boolean;
  /** From now on deletions are wanted. */
  allowDeletions(): void;
  readonly violations: readonly string[];
  readonly writes: number;
  readonly looks: number;
  /** Requests that were struck by a fault. */
  readonly faults: number;
}

interface Cloud {
  inEffect(id: string): JsonObject | undefined;
  now(): number;
}

export function createWatch(cloud: Cloud): Watch {
  const foreign = new Set<ForeignObject>();
  const violations: string[] = [];
  const tamperedAt: { egress?: number; ranges?: number } = {};
  const seen = new Set<string>();
  let egress: ReadonlyMap<string, string> | undefined;
  let deletes = false;
  let staleUntil = 0;
  let looked: readonly (JsonObject | undefined)[] = [];
  let writes = 0;
  let looks = 0;
  let faults = 0;

  const violate = (message: string) => {
    if (seen.has(message)) return;
    seen.add(message);
    violations.push(`${new Date(cloud.now()).toISOString()} ${message}`);
  };
  const addressOf = (id: string) => {
    const publicIp = cloud.inEffect(id);
    return stringAt(publicIp, 'properties', 'ipAddress');
  };
  const missingRanges = (ranges: readonly string[]) => {
    const frontends = frontendsOf(cloud.inEffect(ids.firewall), addressOf);
    return [OUTBOUND_RANGE, ...frontends.map((address) => `${address}/32`)].filter(
      (range) => !ranges.includes(range) && !ranges.includes(range.replace('/32', '')),
    );
  };
  const missingEgress = (firewall: JsonObject | undefined) => {
    const actual = egressOf(firewall);
    return [...(egress ?? [])].filter(([name, rules]) => actual.get(name) !== rules).map(([name]) => name);
  };

  /** What a hand has said that it will break may stand a moment longer. */
  const restored = (what: 'egress' | 'ranges') => {
    if ((tamperedAt[what] ?? 0) < cloud.now()) delete tamperedAt[what];
  };

  /** The state as it works: from the moment there is a cluster, its nodes get out and reach the API server. */
  const look = () => {
    looks++;
    const state = [ids.cluster, ids.firewall, ids.network, ids.table].map((id) => cloud.inEffect(id));
    const [cluster, firewall, network, table] = state;
    if (cluster === undefined || deletes) return;
    // Bodies are never changed in place: the same ones say the same.
    if (state.every((body, index) => body === looked[index])) return;
    looked = state;
    const subnet = clusterSubnetOf(network);
    const cutOff = [
      ...(firewall === undefined ? ['there is no firewall that works'] : []),
      ...missingEgress(firewall).map((name) => `the firewall lacks ${name}`),
      ...(at(subnet, 'properties', 'routeTable') === undefined ? ['the subnet has no route table'] : []),
      ...(leadsTo(table, privateIpOf(firewall)) ? [] : ['no route leads to the firewall']),
    ];
    if (cutOff.length === 0) restored('egress');
    else if (tamperedAt.egress === undefined) violate(`the nodes are cut off: ${cutOff.join(', ')}`);
    const ranges = rangesOf(cluster);
    const missing = missingRanges(ranges);
    if (ranges.length > 0 && missing.length === 0) restored('ranges');
    else if (tamperedAt.ranges === undefined) {
      violate(ranges.length === 0 ? 'the API server is open to everybody' : `locked out: ${missing.join(', ')}`);
    }
  };

  const judgeWrite = ({ path, requestBody: body, status, fault, method }: LoggedRequest) => {
    if (method === 'DELETE' && !deletes) return violate(`DELETE ${path} answered ${status}`);
    if ((status === 409 || status === 429) && fault === undefined && cloud.now() > staleUntil && !deletes) {
      const busy = [ids.firewall, ids.cluster].some((id) => id.toLowerCase() === path.toLowerCase());
      if (busy) violate(`a second write while one runs: ${method} ${path} answered ${status}`);
    }
    if (method !== 'PUT' || !isObject(body) || status >= 300) return undefined;
    writes++;
    for (const object of foreign) {
      if (sameId(object.resource, path) && !stands(body, object)) violate(`a write lost ${object.list}/${object.name}`);
    }
    if (sameId(path, ids.firewall)) {
      egress ??= egressOf(body);
      const missing = missingEgress(body);
      if (missing.length > 0) violate(`the firewall is written without ${missing.join(', ')}`);
    }
    if (sameId(path, ids.cluster)) {
      const ranges = rangesOf(body);
      const missing = missingRanges(ranges);
      if (ranges.length === 0) violate('the API server is opened to everybody');
      if (missing.length > 0) violate(`the authorized ranges are written without ${missing.join(', ')}`);
    }
    if (sameId(path, ids.network)) judgeAttachment(clusterSubnetOf(body));
    if (path.toLowerCase().startsWith(`${ids.network.toLowerCase()}/subnets/`)) judgeAttachment(body);
    return undefined;
  };

  /** The cluster's subnet goes by the route table only once the firewall lets out what it needs. */
  const judgeAttachment = (subnet: JsonObject | undefined) => {
    const before = clusterSubnetOf(cloud.inEffect(ids.network));
    if (at(subnet, 'properties', 'routeTable') === undefined || at(before, 'properties', 'routeTable') !== undefined)
      return;
    const firewall = cloud.inEffect(ids.firewall);
    const missing = firewall === undefined ? ['a firewall'] : missingEgress(firewall);
    if (missing.length > 0) violate(`the route table is attached without ${missing.join(', ')}`);
    if (!leadsTo(cloud.inEffect(ids.table), privateIpOf(firewall)))
      violate('a route table is attached that leads nowhere');
  };

  return {
    request: (request) => {
      if (request.fault !== undefined) faults++;
      if (request.write) judgeWrite(request);
      look();
    },
    addForeign: (object) => void foreign.add(object),
    removeForeign: (object) => void foreign.delete(object),
    get foreign() {
      return [...foreign];
    },
    tamper: async (what, act) => {
      // Until it is done, nothing that is seen says that it has been mended.
      tamperedAt[what] = Infinity;
      const done = await act();
      tamperedAt[what] = cloud.now();
      looked = [];
      return done;
    },
    allowStale: (until) => {
      staleUntil = Math.max(staleUntil, until);
    },
    seesForeign: () => cloud.now() > staleUntil,
    allowDeletions: () => {
      deletes = true;
    },
    violations,
    get writes() {
      return writes;
    },
    get faults() {
      return faults;
    },
    get looks() {
      return looks;
    },
  };
}

const sameId = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
