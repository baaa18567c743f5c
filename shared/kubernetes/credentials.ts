import type { KubeConfig, RequestContext, User } from '@kubernetes/client-node';
import { GatehouseError } from '../model/errors.ts';

/** How to talk to a cluster's API server. */
export interface ClusterAccess {
  /** https://host:port */
  readonly server: string;
  /** When Azure was asked for it; epoch ms. */
  readonly acquiredAt: number;
  /**
   * Puts credentials and trusted authority into a request. A function, so that what it knows is neither logged nor stored
   * with the object that carries it.
   */
  readonly authenticate: (request: RequestContext) => Promise<void>;
}

/** Where a cluster's credentials come from. */
export interface CredentialSource {
  /** The kubeconfig that Azure gives out to users of the cluster, as YAML. */
  readonly kubeconfig: () => Promise<string>;
  /** A token of the app for the API server of a cluster that uses Entra. */
  readonly entraToken: () => Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;
}

/** A kubeconfig that can't be used. Never quotes it: it holds secrets. */
class KubeconfigError extends GatehouseError {
  override name = 'KubeconfigError';

  constructor(problem: string) {
    super('UnusableKubeconfig', `The kubeconfig that Azure gave out for the cluster ${problem}.`);
  }
}

interface CachedAccess {
  readonly access: ClusterAccess;
  /** Epoch ms. */
  readonly until: number;
}

/** Long enough for a burst of syncs and the light passes between them, short enough to follow a rotation. */
const LIFETIME_MS = 5 * 60_000;
/** A token that ends this soon may end on its way. */
const TOKEN_MARGIN_MS = 60_000;

const cache = new Map<string, Promise<CachedAccess>>();

/**
 * Access to a cluster, kept in this process's memory for at most five minutes and nowhere else.
 *
 * @param clusterId full ARM id
 * @throws KubeconfigError, and what the source throws; a failure is not kept
 */
export async function clusterAccess(clusterId: string, source: CredentialSource): Promise<ClusterAccess> {
  const key = clusterId.toLowerCase();
  const known = cache.get(key);
  if (known !== undefined) {
    const { access, until } = await known;
    if (until > Date.now()) return access;
  }
  const fresh = openAccess(source);
  cache.set(key, fresh);
  try {
    return (await fresh).access;
  } catch (error) {
    cache.delete(key);
    throw error;
  }
}

/** Forgets what is kept of a cluster: it was made anew, or its certificates or keys were rotated. */
export function forgetClusterAccess(clusterId: string): void {
  cache.delete(clusterId.toLowerCase());
}

async function openAccess(source: CredentialSource): Promise<CachedAccess> {
  const { KubeConfig } = await import('./clientSdk.ts');
  const given = parseKubeconfig(new KubeConfig(), await source.kubeconfig());
  const cluster = given.getCurrentCluster();
  const user = given.getCurrentUser();
  if (cluster === null || user === null) throw new KubeconfigError('names no current cluster and user');
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== 'https:') {
    throw new KubeconfigError('has no https server');
  }
  const { user: ownUser, until } = await usableUser(user, source);

  // Rebuilt from the parts that are needed: no command is run, no file is read, no check is switched off by a kubeconfig.
  const config = new KubeConfig();
  const { name, server, caData, tlsServerName } = cluster;
  config.loadFromClusterAndUser(
    {
      name,
      server,
      skipTLSVerify: false,
      ...(caData === undefined ? {} : { caData }),
      ...(tlsServerName === undefined ? {} : { tlsServerName }),
    },
    ownUser,
  );
  const access = {
    server,
    acquiredAt: Date.now(),
    authenticate: (request: RequestContext) => config.applySecurityAuthentication(request),
  };
  return { access, until };
}

function parseKubeconfig(config: KubeConfig, text: string): KubeConfig {
  try {
    config.loadFromString(text);
  } catch {
    // The parser quotes the text around the mistake, which may be a key.
    throw new KubeconfigError('is not a kubeconfig');
  }
  return config;
}

/**
 * Clusters that use Entra come with a command to run (kubelogin) or, older ones, with an auth provider that asks a human;
 * both stand for a token that the app's identity gets by itself.
 */
async function usableUser(
  { name, token, certData, keyData, exec, authProvider }: User,
  source: CredentialSource,
): Promise<{ user: User; until: number }> {
  const until = Date.now() + LIFETIME_MS;
  if (isPresent(exec) || isPresent(authProvider)) {
    const entra = await source.entraToken();
    const user = { name, token: entra.token };
    return { user, until: Math.min(until, entra.expiresOnTimestamp - TOKEN_MARGIN_MS) };
  }
  const certificate = certData === undefined || keyData === undefined ? {} : { certData, keyData };
  const user = { name, ...certificate, ...(token === undefined ? {} : { token }) };
  if (Object.keys(user).length === 1) throw new KubeconfigError('holds neither token nor certificate');
  return { user, until };
}

const isPresent = (value: unknown) => value !== undefined && value !== null;
