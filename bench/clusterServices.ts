import type { CallCluster } from '../local/clusterClient.ts';

const SERVICES = '/api/v1/namespaces/default/services';

export type ClusterServices = ReturnType<typeof clusterServices>;

/** People who change the LoadBalancer services of a cluster. Each throws an Error when the API server refuses. */
export function clusterServices(kubernetes: CallCluster) {
  const call = async (...request: Parameters<CallCluster>) => {
    const { status, body } = await kubernetes(...request);
    if (status >= 300) throw new Error(JSON.stringify(body));
  };
  const patch = (name: string, body: object) =>
    call('PATCH', `${SERVICES}/${name}`, body, 'application/merge-patch+json');
  return {
    publish: (name: string, port: number) =>
      call('POST', SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { type: 'LoadBalancer', ports: [{ port }], selector: { app: name } },
      }),
    /** The service at another port. */
    move: (name: string, port: number) => patch(name, { spec: { ports: [{ port }] } }),
    remove: (name: string) => call('DELETE', `${SERVICES}/${name}`),
    /** A merge patch of a service's annotations, which ARM never hears of. */
    annotate: (name: string, annotations: Record<string, string>) => patch(name, { metadata: { annotations } }),
  };
}
