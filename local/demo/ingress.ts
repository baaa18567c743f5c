import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { parse } from 'yaml';
import type { Api } from '../../cli/apiClient.ts';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { bareAddress } from '../../shared/model/ipRange.ts';
import { clustersOf } from '../../shared/model/clusters.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { LOCAL_CALLER_ADDRESS, type LocalCloud } from '../cloud.ts';
import type { CallCluster } from '../clusterClient.ts';
import { ownRulesId } from '../ownRules.ts';

/** What the second part of the demo came to. */
export interface IngressSummary {
  /** Service ports that were reachable at the same time, at the most. */
  readonly publications: number;
  readonly syncs: number;
  readonly driftRepairs: number;
  /** Azure seconds from the service's creation to the first connection through the firewall. */
  readonly publishedAfterSeconds: number;
}

interface Manifest {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

const MANIFEST = 'examples/store-front.yaml';
/** On the frontend, for the services of clusters after the first one. */
const FURTHER_PORT = 8080;
/** How often the app is asked whether it has happened. */
const LOOK_EVERY_MS = 200;
/** Nothing here takes longer than a few minutes of Azure's time; a demo that hangs is worse than one that says so. */
const PATIENCE_MS = 300_000;

/**
 * Shows what happens to a service: it is published, reached, its rule is deleted behind Gatehouse's back and comes back, and
 * with the service the rule goes.
 *
 * @throws Error when something that should happen does not
 */
export async function demonstrateIngress(
  cloud: LocalCloud,
  api: Api,
  { name, spec }: EnvironmentAnswer,
  azureNow: () => number,
): Promise<IngressSummary> {
  const began = azureNow();
  const say = (text: string) => console.log(`${`${Math.round((azureNow() - began) / 1000)} s`.padStart(7)}  ${text}`);
  const kubernetes = cloud.clusters.operator(resourceIds(spec).cluster);
  const manifest = parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
  const namespace = spec.ingress.namespaces === 'all' ? 'default' : (spec.ingress.namespaces[0] ?? 'default');
  const services = `/api/v1/namespaces/${namespace}/services`;
  const service = manifest.metadata.name;

  let most = 0;
  const until = async (what: string, wanted: (status: EnvironmentStatus) => boolean) => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { counts, ...environment } = await api.show(name);
      if (counts !== undefined) {
        most = Math.max(most, counts.publications);
        const status = { ...environment, counts };
        if (wanted(status)) return status;
      }
      if (Date.now() > deadline) throw new Error(`It was waited in vain until ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };

  const kind = spec.ingress.expose === 'annotated' ? 'that asks for it' : 'without annotations';
  console.log(`\nPublishing a service, a plain LoadBalancer ${kind} (${MANIFEST}):\n`);
  const makeNamespace = async (call: CallCluster) => {
    if (namespace === 'default') return;
    await call('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
  };
  await makeNamespace(kubernetes);
  const asks = spec.ingress.expose === 'annotated';
  await must(kubernetes('POST', services, asks ? exposed(manifest) : manifest), `kubectl apply -f ${MANIFEST}`);
  say(`kubectl apply      service ${service} is created; its load balancer is on its way`);
  await until('the service is published', ({ counts }) => counts.publications > 0);
  const publication = (await api.services(name)).unchanged.find((one) => one.service === service);
  if (publication === undefined) throw new Error(`The service ${service} has no publication.`);
  const { frontend, port, protocol, translatedAddress, translatedPort } = publication.rule;
  say(`rule appears       ${frontend}:${port}/${protocol} → ${translatedAddress}:${translatedPort}`);
  await reach(cloud, frontend, port);
  const publishedAfterSeconds = Math.round((azureNow() - began) / 1000);
  say(`page fetched       through the firewall, from ${LOCAL_CALLER_ADDRESS}`);

  for (const [index, { id, name: cluster }] of clustersOf(spec).slice(1).entries()) {
    const other = cloud.clusters.operator(id);
    const elsewhere = FURTHER_PORT + index;
    await makeNamespace(other);
    const body = annotated(manifest, { 'gatehouse.dev/expose': 'true', 'gatehouse.dev/ports': `${elsewhere}:${port}` });
    await must(other('POST', services, body), `kubectl apply in ${cluster}`);
    await until(`${cluster} has its rule`, ({ counts }) => counts.publications > 1);
    await reach(cloud, frontend, elsewhere);
    say(`rule appears       the same of the cluster ${cluster}, on ${frontend}:${elsewhere}`);
    await must(other('DELETE', `${services}/${service}`), `kubectl delete in ${cluster}`);
    await until('its rule is gone', ({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  }

  const repairs = (await api.show(name)).counts?.driftRepairs ?? 0;
  await must(control(cloud, 'DELETE', `state${ownRulesId(spec)}`), 'removing the rule');
  say(`rule is removed    by hand, behind Gatehouse's back`);
  await api.sync(name);
  const repaired = await until('the rule is back', ({ counts }) => counts.driftRepairs > repairs);
  await reach(cloud, frontend, port);
  say(`rule is back       ${repaired.findings[0]?.message ?? ''}`);

  await must(kubernetes('DELETE', `${services}/${service}`), `kubectl delete service ${service}`);
  say(`kubectl delete     service ${service}`);
  const last = await until(
    'the rule is gone',
    ({ counts, sync }) => counts.publications === 0 && sync?.running === false,
  );
  say('rule is gone       nothing is published any more');
  const { syncs, driftRepairs } = last.counts;
  console.log(
    styleText('green', `\n✔ ${most} publication${most === 1 ? '' : 's'}, ${syncs} syncs, ${driftRepairs} repaired.`),
  );
  return { publications: most, syncs, driftRepairs, publishedAfterSeconds };
}

/** Where services are published only when asked for, this one asks. */
const exposed = (manifest: Manifest): Manifest => annotated(manifest, { 'gatehouse.dev/expose': 'true' });

const annotated = (manifest: Manifest, annotations: Readonly<Record<string, string>>): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, annotations },
});

async function must(answer: Promise<{ readonly status: number }>, what: string): Promise<void> {
  const { status } = await answer;
  if (status >= 300) throw new Error(`${what} was answered with ${status}.`);
}

const control = ({ azure }: LocalCloud, method: string, path: string, body?: object) =>
  fetch(`${azure.origin}/_local/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** @throws Error with the hop at which the packet ends */
async function reach(cloud: LocalCloud, frontend: string, port: number): Promise<void> {
  const packet = { from: LOCAL_CALLER_ADDRESS, to: bareAddress(frontend), port };
  const answer = (await (await control(cloud, 'POST', 'probe', packet)).json()) as {
    reachable?: boolean;
    reason?: string;
  };
  if (answer.reachable !== true)
    throw new Error(`${frontend}:${port} can't be reached: ${answer.reason ?? 'no reason'}`);
}
