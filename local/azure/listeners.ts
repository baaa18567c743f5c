import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KEEP_ALIVE_MS } from '../keepAlive.ts';
import { httpsCertificate } from './httpsCertificate.ts';

type Handler = (incoming: IncomingMessage, response: ServerResponse) => void;

export interface ListenOptions {
  readonly port: number;
  readonly https?: { readonly port: number } | undefined;
  /** Keeps the certificate of the HTTPS listener. */
  readonly stateDirectory?: string | undefined;
}

/** Where local Azure listens on loopback. */
export interface Listeners {
  readonly origin: string;
  /** The PEM text of the authority that clients have to trust comes with it. */
  readonly https?: { readonly origin: string; readonly authority: string };
  /** Lets requests in; those that came before have waited for it. */
  readonly serve: (handle: Handler) => void;
  readonly close: () => Promise<void>;
}

/**
 * Takes the ports, http and, where it is wanted, https. A client that comes before everything else is up waits: it may be
 * one that follows what it began before a restart.
 *
 * @throws what listening throws; nothing listens then.
 */
export async function listen({ port, https, stateDirectory }: ListenOptions): Promise<Listeners> {
  const ready = Promise.withResolvers<Handler>();
  const servers: (Server | SecureServer)[] = [];
  const close = async () => {
    await Promise.all(servers.map(stop));
  };
  const open = async (server: Server | SecureServer, at: number): Promise<number> => {
    servers.push(server);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('request', (incoming, response) => void ready.promise.then((handle) => handle(incoming, response)));
    return takePort(server, at);
  };
  try {
    const origin = `http://127.0.0.1:${await open(createServer(), port)}`;
    if (https === undefined) return { origin, serve: ready.resolve, close };
    const { authority, server: own } = await httpsCertificate(stateDirectory);
    const server = createSecureServer({ cert: own.certificate, key: own.key });
    const secure = { origin: `https://localhost:${await open(server, https.port)}`, authority };
    return { origin, https: secure, serve: ready.resolve, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function takePort(server: Server | SecureServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server | SecureServer): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
