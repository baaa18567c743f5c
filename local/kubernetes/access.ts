import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { forbidden, unauthorized } from './statuses.ts';

/** Who a caller is and what the cluster lets them do. */
export interface KubernetesUser {
  readonly name: string;
  readonly groups: readonly string[];
  /** A user with rights to nothing is still somebody: 403 instead of 401. */
  readonly may: 'everything' | 'read' | 'nothing';
}

/** The header by which a caller says from which simulated address it comes. */
export const SOURCE_ADDRESS_HEADER = 'x-gatehouse-source-address';

/**
 * The name under which an API server is known to what runs beside it. Whoever asks for it (`tls-server-name` of a kubeconfig: kubectl can send
 * no header) is taken for a machine in the cluster's network.
 */
export const INSIDE_NAME = 'kubernetes.default.svc';

/** Of a machine in a cluster's network. */
export const INSIDE_ADDRESS = '10.42.1.4';

/**
 * Whether a caller is let through to the API server at all; its address is the header's, else one inside by the name that it asks for, else
 * the default.
 */
export function isLetIn(
  incoming: IncomingMessage,
  { allows, defaultSource }: { readonly allows: (address: string) => boolean; readonly defaultSource: string },
): boolean {
  const header = incoming.headers[SOURCE_ADDRESS_HEADER];
  if (typeof header === 'string') return allows(header);
  const { socket } = incoming;
  return allows(socket instanceof TLSSocket && socket.servername === INSIDE_NAME ? INSIDE_ADDRESS : defaultSource);
}

/** Tokens of the API server's own; without `local` the cluster's own accounts, their certificate too, are switched off. */
interface LocalTokens {
  readonly local?: string;
  readonly operator: string;
}

/** The caller by client certificate or bearer token; a token that is no good is refused with 401, as is nobody. */
export function identify(
  incoming: IncomingMessage,
  tokens: LocalTokens,
  identifyToken: (token: string) => KubernetesUser | undefined,
): KubernetesUser {
  const bearer = /^Bearer\s+(.+)$/i.exec(incoming.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const user = knownUser(bearer, tokens) ?? identifyToken(bearer);
    if (user === undefined) throw unauthorized();
    return user;
  }
  const { socket } = incoming;
  if (tokens.local !== undefined && socket instanceof TLSSocket && socket.authorized) {
    const { subject } = socket.getPeerCertificate();
    return administrator(String(subject?.CN ?? ''));
  }
  throw unauthorized();
}

function knownUser(bearer: string, { local, operator }: LocalTokens): KubernetesUser | undefined {
  if (bearer === local) return administrator('clusterAdmin');
  return bearer === operator ? administrator('operator') : undefined;
}

function administrator(name: string): KubernetesUser {
  return { name, groups: ['system:masters', 'system:authenticated'], may: 'everything' };
}

const READING = ['get', 'list', 'watch'];

/** Refuses with 403 what the user may not do, in the words of the real server. */
export function authorize(
  user: KubernetesUser,
  verb: string,
  { resource, namespace, name }: { readonly resource: string; readonly namespace: string; readonly name: string },
): void {
  if (user.may === 'everything' || (user.may === 'read' && READING.includes(verb))) return;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  throw forbidden(
    { resource, name },
    `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(resource)} in API group "" ${where}`,
  );
}
