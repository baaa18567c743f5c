import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCertificates, type Certificates } from '../../../local/kubernetes/certificates.ts';
import type { ClusterAccess, CredentialSource } from '../../../shared/kubernetes/credentials.ts';
import { clusterAccess, forgetClusterAccess } from '../../../shared/kubernetes/credentials.ts';

/** An API server over real TLS that answers what a test wants it to. */
export interface TestApiServer {
  readonly origin: string;
  readonly certificates: Certificates;
  /** Paths with query, in the order of their arrival. */
  readonly requests: string[];
  answer(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export const TOKEN = 'token-of-the-cluster';

export async function startApiServer(): Promise<TestApiServer> {
  const certificates = await createCertificates();
  let handler = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(500).end();
  const requests: string[] = [];
  const server: Server = createServer(
    {
      cert: certificates.server.certificate,
      key: certificates.server.key,
      ca: certificates.authority,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      requests.push(request.url ?? '');
      handler(request, response);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificates,
    requests,
    answer: (next) => {
      handler = next;
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A kubeconfig as AKS writes it, with what a test wants different. */
export function kubeconfig(
  server: { readonly origin: string; readonly certificates: Certificates },
  changes: { readonly cluster?: object; readonly user?: object } = {},
): string {
  const caData = Buffer.from(server.certificates.authority).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'shop',
        cluster: { server: server.origin, 'certificate-authority-data': caData, ...changes.cluster },
      },
    ],
    users: [{ name: 'clusterUser_shop-rg_shop', user: changes.user ?? { token: TOKEN } }],
    contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'clusterUser_shop-rg_shop' } }],
    'current-context': 'shop',
  });
}

export const CLUSTER_ID =
  '/subscriptions/s/resourceGroups/shop-rg/providers/Microsoft.ContainerService/managedClusters/shop';

export function sourceOf(text: string, entra?: { token: string; expiresOnTimestamp: number }): CredentialSource {
  return {
    kubeconfig: () => Promise.resolve(text),
    entraToken: () =>
      entra === undefined ? Promise.reject(new Error('This cluster does not use Entra.')) : Promise.resolve(entra),
  };
}

/** Access as the app gets it, from a kubeconfig that was not asked for before. */
export function accessTo(text: string): Promise<ClusterAccess> {
  forgetClusterAccess(CLUSTER_ID);
  return clusterAccess(CLUSTER_ID, sourceOf(text));
}

/** A page of a list of services. */
export function page(names: readonly string[], continueToken?: string): string {
  return JSON.stringify({
    kind: 'ServiceList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '7', ...(continueToken === undefined ? {} : { continue: continueToken }) },
    items: names.map((name) => ({
      metadata: { name, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z', unknownToModels: { kept: true } },
      spec: { type: 'LoadBalancer' },
    })),
  });
}
