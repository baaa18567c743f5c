import { request } from 'node:https';
import { parse } from 'yaml';
import { SOURCE_ADDRESS_HEADER } from './kubernetes/access.ts';

/** What an API server answered. */
export interface ClusterAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls the API server that a kubeconfig names, as its user; bodies are JSON. */
export type CallCluster = (method: string, path: string, body?: object, contentType?: string) => Promise<ClusterAnswer>;

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly { readonly user: { readonly token?: string } }[];
}

/**
 * The least of a Kubernetes client, for what shows and measures the local cloud: kubectl need not be there.
 *
 * @param kubeconfig as local clusters hand it out, YAML
 * @param source the simulated address that calls come from; absent: where the cluster takes everybody to be
 */
export function clusterClient(kubeconfig: string, source?: string): CallCluster {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const [first] = clusters;
  if (first === undefined) throw new Error('The kubeconfig names no cluster.');
  const ca = Buffer.from(first.cluster['certificate-authority-data'], 'base64');
  const token = users[0]?.user.token ?? '';
  return (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': contentType,
        ...(source === undefined ? {} : { [SOURCE_ADDRESS_HEADER]: source }),
      };
      const outgoing = request(`${first.cluster.server}${path}`, { method, ca, headers, agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
