import { isDeepStrictEqual } from 'node:util';
import { loadBalancedService, type CloudProvider, type LoadBalancedService } from './cloudProvider.ts';
import type { Cluster } from './cluster.ts';
import { recordEvent } from './events.ts';
import { at, type JsonObject } from './json.ts';
import { withMetadata, type KubernetesObject } from './objects.ts';
import { typeOf } from './resourceTypes.ts';
import { change } from './writes.ts';

const CLEANUP_FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const MANAGER = 'cloud-controller-manager';
const COMPONENT = 'service-controller';
const FIRST_RETRY_SECONDS = 5;
const LAST_RETRY_SECONDS = 300;

interface ControllerOptions {
  readonly cluster: Cluster;
  readonly cloud: CloudProvider;
  /** `service`: namespace/name; `use`: how often the cloud was called for it before. */
  readonly loadBalancerSeconds: (change: { readonly service: string; readonly use: number }) => number;
  readonly log: (message: string) => void;
}

/** What is under way for one service. */
interface Work {
  /** What the cloud was last told of; undefined: nothing since the start. */
  told: LoadBalancedService | undefined;
  state: 'idle' | 'waiting' | 'calling';
  cancel: () => void;
  /** How often the cloud was called, and how often in a row it refused. */
  calls: number;
  failures: number;
}

/**
 * Gives LoadBalancer services their load balancers and takes them away, as the cloud controller manager does: the
 * finalizer first, then after a while the cloud's IP into the status; on deletion or change of type the cloud first,
 * then the finalizer. Answers a function that stops it.
 */
export function runCloudController({ cluster, cloud, loadBalancerSeconds, log }: ControllerOptions): () => void {
  const { store, clock } = cluster;
  const works = new Map<string, Work>();
  let stopped = false;
  let line: Promise<void> = Promise.resolve();

  const look = (service: KubernetesObject) => {
    const { uid, namespace, name } = service.metadata;
    const work = works.get(uid) ?? { told: undefined, state: 'idle', cancel: () => undefined, calls: 0, failures: 0 };
    const needed = need(service, work);
    if (stopped || needed === 'nothing') return;
    works.set(uid, work);
    // The change that adds the finalizer comes back here.
    if (needed === 'finalizer') writeFinalizers(cluster, service, (others) => [...others, CLEANUP_FINALIZER]);
    else if (work.state === 'idle') {
      const doing = needed === 'ensure' ? 'Ensuring' : 'Deleting';
      note(cluster, service, 'Normal', `${doing}LoadBalancer`, `${doing} load balancer`);
      schedule(service, work, loadBalancerSeconds({ service: `${namespace}/${name}`, use: work.calls++ }));
    }
  };

  const schedule = (service: KubernetesObject, work: Work, seconds: number) => {
    work.state = 'waiting';
    work.cancel = clock.at(clock.now() + seconds * 1000, () => {
      work.state = 'calling';
      const idle = clock.busy();
      // One at a time: the real controller has one worker, and the cloud is read, changed and written.
      line = line
        .then(() => call(service, work))
        .catch((error: unknown) => log(`The cloud controller failed: ${textOf(error)}`))
        .finally(idle);
    });
  };

  const call = async (scheduled: KubernetesObject, work: Work) => {
    const service = current(cluster, scheduled);
    if (stopped || service === undefined) return;
    const needed = need(service, work);
    try {
      if (needed === 'delete') await takeAway(service, work);
      else if (needed === 'ensure') await bring(service, work);
      work.failures = 0;
      work.state = 'idle';
    } catch (error) {
      if (stopped) return;
      const doing = needed === 'delete' ? 'delete' : 'ensure';
      const message = `Error syncing load balancer: failed to ${doing} load balancer: ${textOf(error)}`;
      note(cluster, service, 'Warning', 'SyncLoadBalancerFailed', message);
      schedule(service, work, Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** work.failures++));
      return;
    }
    const now = current(cluster, service);
    if (now === undefined) works.delete(service.metadata.uid);
    else look(now);
  };

  const bring = async (service: KubernetesObject, work: Work) => {
    const view = loadBalancedService(service);
    const { ip } = await cloud.ensureLoadBalancer(view);
    work.told = view;
    const now = current(cluster, service);
    // Deleted or of another type by now: the next look takes the load balancer away again.
    if (stopped || now === undefined || !wantsLoadBalancer(now)) return;
    writeStatus(cluster, now, { loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } });
    note(cluster, now, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  };

  const takeAway = async (service: KubernetesObject, work: Work) => {
    await cloud.deleteLoadBalancer(loadBalancedService(service));
    work.told = undefined;
    const now = current(cluster, service);
    if (stopped || now === undefined) return;
    note(cluster, now, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
    const kept = now.metadata.deletionTimestamp === undefined ? writeStatus(cluster, now, { loadBalancer: {} }) : now;
    writeFinalizers(cluster, kept, (all) => all.filter((finalizer) => finalizer !== CLEANUP_FINALIZER));
  };

  const unsubscribe = store.subscribe(({ resource, before, after }) => {
    if (resource !== 'services') return;
    if (after !== undefined) look(after);
    else if (before !== undefined) {
      works.get(before.metadata.uid)?.cancel();
      works.delete(before.metadata.uid);
    }
  });
  for (const service of store.list('services')) look(service);
  return () => {
    stopped = true;
    unsubscribe();
    for (const work of works.values()) work.cancel();
  };
}

/**
 * What a service needs next. Any change that the cloud could see counts, annotations too, as with the real controller;
 * whether it makes a difference, the cloud decides.
 */
function need(service: KubernetesObject, { told }: Work): 'finalizer' | 'ensure' | 'delete' | 'nothing' {
  const isHeld = (service.metadata.finalizers ?? []).includes(CLEANUP_FINALIZER);
  if (!wantsLoadBalancer(service)) return isHeld ? 'delete' : 'nothing';
  if (!isHeld) return 'finalizer';
  return isDeepStrictEqual(told, loadBalancedService(service)) ? 'nothing' : 'ensure';
}

/** A loadBalancerClass makes it another controller's. */
function wantsLoadBalancer(service: KubernetesObject): boolean {
  return (
    at(service, 'spec', 'type') === 'LoadBalancer' &&
    at(service, 'spec', 'loadBalancerClass') === undefined &&
    service.metadata.deletionTimestamp === undefined
  );
}

/** The service as it is now, unless it is gone or another took its name. */
function current(cluster: Cluster, { metadata }: KubernetesObject): KubernetesObject | undefined {
  const now = cluster.store.get('services', metadata.namespace ?? '', metadata.name);
  return now?.metadata.uid === metadata.uid ? now : undefined;
}

function writeFinalizers(
  cluster: Cluster,
  service: KubernetesObject,
  changed: (finalizers: readonly string[]) => readonly string[],
): void {
  const finalizers = changed(service.metadata.finalizers ?? []);
  const candidate = withMetadata(service, { finalizers: finalizers.length === 0 ? undefined : finalizers });
  change(cluster, placeOf(service), service, candidate, { manager: MANAGER });
}

function writeStatus(cluster: Cluster, service: KubernetesObject, status: JsonObject): KubernetesObject {
  const place = { ...placeOf(service), subresource: 'status' } as const;
  return change(cluster, place, service, { ...service, status }, { manager: MANAGER });
}

function placeOf({ metadata }: KubernetesObject) {
  return { type: typeOf('services'), namespace: metadata.namespace ?? '', name: metadata.name };
}

function note(
  cluster: Cluster,
  service: KubernetesObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  recordEvent(cluster, service, { type, reason, message, component: COMPONENT });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
