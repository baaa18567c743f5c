import type { Cluster } from './cluster.ts';
import { remove } from './deletes.ts';
import type { KubernetesObject } from './objects.ts';
import { resourceTypes, typeOf } from './resourceTypes.ts';
import { create } from './writes.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const MANAGER = 'kube-apiserver';

/**
 * Keeps what every cluster has (its four namespaces and the `kubernetes` service) and empties the namespaces that are
 * being deleted: a namespace is gone when its last object is. Answers a function that stops it.
 */
export function keepNamespaces(cluster: Cluster): () => void {
  const { store } = cluster;
  for (const name of NAMESPACES) {
    if (store.get('namespaces', '', name) === undefined) {
      create(
        cluster,
        { type: typeOf('namespaces'), namespace: '', name },
        { metadata: { name } },
        { manager: MANAGER },
      );
    }
  }
  ensureKubernetesService(cluster);
  const unsubscribe = store.subscribe(({ resource, after }) => {
    if (resource === 'services' && after === undefined) ensureKubernetesService(cluster);
    for (const namespace of store.list('namespaces')) {
      if (namespace.metadata.deletionTimestamp !== undefined) empty(cluster, namespace);
    }
  });
  for (const namespace of store.list('namespaces')) {
    if (namespace.metadata.deletionTimestamp !== undefined) empty(cluster, namespace);
  }
  return unsubscribe;
}

function empty(cluster: Cluster, namespace: KubernetesObject): void {
  const { name } = namespace.metadata;
  const contents = () =>
    resourceTypes
      .filter(({ namespaced }) => namespaced)
      .flatMap((type) => cluster.store.list(type.resource).map((object) => ({ type, object })))
      .filter(({ object }) => object.metadata.namespace === name);
  for (const { type, object } of contents()) {
    if (object.metadata.deletionTimestamp === undefined) {
      remove(cluster, { type, namespace: name, name: object.metadata.name });
    }
  }
  const current = cluster.store.get('namespaces', '', name);
  if (contents().length === 0 && current !== undefined) cluster.store.remove('namespaces', current);
}

function ensureKubernetesService(cluster: Cluster): void {
  const place = { type: typeOf('services'), namespace: 'default', name: 'kubernetes' };
  if (cluster.store.get('services', 'default', 'kubernetes') !== undefined) return;
  const [base = ''] = cluster.serviceCidr.split('/');
  create(
    cluster,
    place,
    {
      metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        clusterIP: base.replace(/\d+$/, (last) => String(Number(last) + 1)),
        ports: [{ name: 'https', port: 443, targetPort: 443 }],
      },
    },
    { manager: MANAGER },
  );
}
