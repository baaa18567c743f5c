import { stringify } from 'yaml';
import { INSIDE_NAME } from './access.ts';
import type { Certificates } from './certificates.ts';

/** `operator`: whoever the cluster lets do everything, in whatever way it does; nobody outside of tests and demos gets this. */
export type KubeconfigUser = 'user' | 'admin' | 'operator';

interface KubeconfigOptions {
  readonly origin: string;
  readonly certificates: Certificates;
  readonly token: string;
  readonly operatorToken: string;
  readonly name: string;
  readonly resourceGroup: string;
  /** The tenant of a cluster that uses Entra. */
  readonly tenant: string | undefined;
  /** Of a machine in the cluster's network. */
  readonly isInside: boolean;
}

/** The applications of AKS in Entra: what a token is for, and who asks for it. */
const SERVER_APPLICATION = '6dae42f8-4368-4678-94ff-3960e28e3630';
const CLIENT_APPLICATION = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

/**
 * A kubeconfig as AKS hands it out: certificate and token of the local account, for admins and for users alike; with
 * Entra, users get none and call kubelogin instead.
 */
export function kubeconfig(
  user: KubeconfigUser,
  { origin, certificates, token, operatorToken, name, resourceGroup, tenant, isInside }: KubeconfigOptions,
): string {
  const context = user === 'admin' ? `${name}-admin` : name;
  const userName = `${user === 'admin' ? 'clusterAdmin' : 'clusterUser'}_${resourceGroup}_${name}`;
  const localAccount = {
    'client-certificate-data': base64(certificates.client.certificate),
    'client-key-data': base64(certificates.client.key),
    token,
  };
  const ofUser = user === 'user' && tenant !== undefined ? kubelogin(tenant) : localAccount;
  const credentials = user === 'operator' ? { token: operatorToken } : ofUser;
  const cluster = {
    'certificate-authority-data': base64(certificates.authority),
    server: origin,
    ...(isInside && { 'tls-server-name': INSIDE_NAME }),
  };
  const config = {
    apiVersion: 'v1',
    clusters: [{ cluster, name }],
    contexts: [{ context: { cluster: name, user: userName }, name: context }],
    'current-context': context,
    kind: 'Config',
    preferences: {},
    users: [{ name: userName, user: credentials }],
  };
  // Lines as long as their base64, as kubectl writes them.
  return stringify(config, { lineWidth: 0 });
}

function kubelogin(tenant: string): object {
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      args: [
        'get-token',
        '--environment',
        'AzurePublicCloud',
        '--server-id',
        SERVER_APPLICATION,
        '--client-id',
        CLIENT_APPLICATION,
        '--tenant-id',
        tenant,
        '--login',
        'devicecode',
      ],
      command: 'kubelogin',
      env: null,
      installHint: 'kubelogin is not installed which is required to connect to an Entra enabled cluster.',
      provideClusterInfo: false,
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
