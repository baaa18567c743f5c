import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as Azure Resource Manager would get it. */
export interface ArmRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type ArmHandler = (request: ArmRequest) => ArmAnswer | 'lost' | undefined;

/** An Azure Resource Manager over real HTTP that answers what a test wants it to; the app's settings point to it. */
export interface ArmServer {
  readonly origin: string;
  /** `METHOD path`, in the order of their arrival; requests for tokens are not among them. */
  readonly requests: string[];
  /** @param handler `lost` closes the connection without an answer */
  answer(handler: ArmHandler): void;
  close(): Promise<void>;
}

/** What is not answered by the handler does not exist. */
const notFound: ArmAnswer = { status: 404, body: { error: { code: 'ResourceNotFound', message: 'was not found.' } } };

export async function startArmServer(): Promise<ArmServer> {
  let handler: ArmHandler = () => undefined;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://arm');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const send = ({ status, body, headers = {} }: ArmAnswer) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      };
      if (url.pathname === '/msi/token') {
        const resource = url.searchParams.get('resource') ?? '';
        const expires_on = String(Math.floor(Date.now() / 1000) + 86_400);
        return send({ status: 200, body: { access_token: `token for ${resource}`, expires_on, token_type: 'Bearer' } });
      }
      const path = decodeURIComponent(url.pathname);
      requests.push(`${request.method} ${path}`);
      const text = Buffer.concat(chunks).toString();
      const { authorization } = request.headers;
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const answer = handler({ method: request.method ?? '', path, query: url.searchParams, body, authorization });
      if (answer === 'lost') request.socket.destroy();
      else send(answer ?? notFound);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    GATEHOUSE_ARM_ENDPOINT: origin,
    IDENTITY_ENDPOINT: `${origin}/msi/token`,
    IDENTITY_HEADER: 'test',
  });
  return {
    origin,
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
