import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VirtualClock } from '../../../local/clock.ts';
import { at, type Json } from '../../../local/azure/json.ts';

interface Delivered {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  /** Azure time at arrival, epoch ms. */
  readonly time: number;
}

/** A webhook on loopback that shakes hands properly, unless told otherwise, and keeps what it gets. */
export interface Subscriber {
  readonly url: string;
  /** Handshakes and whatever else came before or beside events. */
  readonly handshakes: readonly Delivered[];
  readonly events: readonly Delivered[];
  /** How the next events are answered, one status each; 200 after the last. */
  answer(...statuses: readonly number[]): void;
  refuseHandshakes(): void;
  /** Waits until so many deliveries have come in all. */
  until(count: number): Promise<readonly Delivered[]>;
  close(): Promise<void>;
}

export async function startSubscriber(clock: VirtualClock): Promise<Subscriber> {
  const handshakes: Delivered[] = [];
  const events: Delivered[] = [];
  const waiting: { count: number; resolve: (events: readonly Delivered[]) => void }[] = [];
  let statuses: readonly number[] = [];
  let willing = true;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body = text === '' ? null : (JSON.parse(text) as Json);
      const { method = '', url = '', headers } = request;
      const delivered = { method, url, headers, body, time: clock.now() };
      if (headers['aeg-event-type'] === 'Notification') {
        events.push(delivered);
        const [status = 200, ...later] = statuses;
        statuses = later;
        response.writeHead(status).end();
        for (const one of waiting) if (events.length >= one.count) one.resolve(events);
        return;
      }
      handshakes.push(delivered);
      const code = at(Array.isArray(body) ? (body[0] as Json) : null, 'data', 'validationCode');
      const origin = headers['webhook-request-origin'];
      const allowed = willing && origin !== undefined ? { 'webhook-allowed-origin': origin } : {};
      response.writeHead(200, { 'content-type': 'application/json', ...allowed });
      response.end(JSON.stringify(willing ? { validationResponse: code } : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events?code=secret`,
    handshakes,
    events,
    answer: (...wanted) => {
      statuses = wanted;
    },
    refuseHandshakes: () => {
      willing = false;
    },
    until: (count) =>
      events.length >= count
        ? Promise.resolve(events)
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
