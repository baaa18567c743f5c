import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { broken, surprise } from './brokenJson.ts';

/** A request as it goes over the wire, odd as it may be: `fetch` would put it right. */
export interface RawRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Connections that are kept, so that thousands of requests don't take a port each. */
export function rawClient(origin: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const send = ({ method, path, headers, body }: RawRequest): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      // Said outright, since node sends the body of a GET without its length.
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const sent = request(`${origin}/`, { method, path, headers: { ...headers, ...length }, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}

const validSpec = {
  name: 'shop',
  network: { addressSpace: '10.42.0.0/16', firewallSubnet: { prefix: '10.42.2.0/24' } },
  egress: { presets: ['aks', 'article'], allow: [{ name: 'x', fqdns: ['example.com'], ports: [443] }] },
  cluster: { name: 'shop', nodeCount: 3, version: '1.33' },
  access: { developers: [{ label: 'bob', cidr: '198.51.100.8/32', expires: '2030-01-31T18:00:00Z' }] },
  ingress: { expose: 'public', allowedPorts: ['80', '8000-8080'], maxDeletes: { percent: 20, count: 5 } },
};
const validGrant = { cidr: '198.51.100.7/32', expires: '2030-01-31T18:00:00Z' };

interface Route {
  readonly method: string;
  /** Segments in braces are filled with odd values. */
  readonly path: string;
  readonly body?: typeof validSpec | typeof validGrant | { readonly plan: string };
}

/** Deleting or releasing an environment that others are fuzzed on would leave nothing to fuzz: these routes have their names apart. */
const routes: readonly Route[] = [
  { method: 'POST', path: 'environments', body: validSpec },
  { method: 'GET', path: 'environments' },
  { method: 'GET', path: 'environments/{name}' },
  { method: 'DELETE', path: 'environments/{other}' },
  { method: 'POST', path: 'plans', body: validSpec },
  { method: 'POST', path: 'environments/{name}/plan' },
  { method: 'PUT', path: 'environments/{name}/spec', body: validSpec },
  { method: 'POST', path: 'environments/{other}/release' },
  { method: 'POST', path: 'environments/{name}/sync' },
  { method: 'POST', path: 'environments/{name}/retry' },
  { method: 'POST', path: 'environments/{name}/approve', body: { plan: '0f' } },
  { method: 'GET', path: 'environments/{name}/services' },
  { method: 'GET', path: 'environments/{name}/drift' },
  { method: 'GET', path: 'environments/{name}/services/{any}/{any}' },
  { method: 'PUT', path: 'environments/{name}/grants/{any}', body: validGrant },
  { method: 'DELETE', path: 'environments/{name}/grants/{any}' },
  { method: 'GET', path: 'health' },
  { method: 'GET', path: 'metrics' },
  { method: 'GET', path: 'openapi.json' },
];

const oddName = fc.oneof(
  fc.constantFrom('nosuch', 'shop.shop', 'SHOP', '@firewallLane', '__proto__', 'constructor', '-', 'x'.repeat(2_000)),
  fc.constantFrom('a/b', '../..', '%', '\u0000', 'ü', '\ud83d\ude00', ' shop', 'shop ', "'; drop", '{name}', 'default'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
);
const names = {
  name: fc.oneof({ weight: 3, arbitrary: fc.constant('shop') }, fc.constant('gone'), oddName),
  other: fc.oneof(fc.constant('gone'), oddName),
  any: fc.oneof(fc.constantFrom('alice', 'web', 'default'), oddName),
};

/** Lone surrogates can't be sent, and a segment of one or two dots, encoded or not, is no segment. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed()).replace(/^\.\.?$/, 'dots');

const pathOf = (template: string): fc.Arbitrary<string> => {
  const segments = template.split('/').map((segment) => {
    const kind = /^\{(.*)\}$/.exec(segment)?.[1];
    return kind === undefined ? fc.constant(segment) : names[kind as keyof typeof names].map(encoded);
  });
  return fc.tuple(...segments).map((parts) => `/api/${parts.join('/')}`);
};

const garbage = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '{',
    '[',
    '"',
    'null',
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    '- a: &x [*x]',
    '%YAML 9',
    '!!js/function x',
  ),
  fc.constantFrom('[', '{"a":', '- ', '{a: ').map((one) => one.repeat(10_000)),
  fc.constantFrom(30_000, 70_000, 1_100_000).map((size) => `{ "name": "${'x'.repeat(size)}" }`),
  fc.constantFrom(`${'['.repeat(20_000)}${']'.repeat(20_000)}`, `{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
  fc.constant(`a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nname: [${'*c,'.repeat(40)}]`),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const bodyOf = (valid: Route['body']): fc.Arbitrary<string> =>
  fc.oneof(
    ...(valid === undefined
      ? [fc.constant('')]
      : [{ weight: 3, arbitrary: broken(valid).map((body) => JSON.stringify(body)) }]),
    garbage,
    surprise.map((body) => JSON.stringify(body)),
  );

const headers = fc
  .record(
    {
      'content-type': fc.constantFrom(
        'application/json',
        'application/yaml',
        'text/plain',
        'multipart/form-data',
        ';;',
        'application/json; charset=utf-7',
      ),
      accept: fc.constantFrom('text/plain', '*/*', 'application/json', ';q=', 'text/plain;q=0'),
      'accept-language': fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
      'x-forwarded-host': fc.constantFrom('evil.example', ''),
      traceparent: fc.constantFrom('00-zz', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    },
    { requiredKeys: [] },
  )
  .map(
    (some) =>
      Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as Record<string, string>,
  );

const query = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '',
    '?',
    '?force=maybe',
    '?force=true',
    '?force=true&force=false',
    '?preview=true',
    '?preview=maybe',
    '?a[]=1&__proto__=2',
    '?%',
    '?code=',
  ),
  fc.webQueryParameters().map((text) => `?${text}`),
);

/** A request that one of the app's routes answers, with everything in it that a caller can get wrong. */
export const routedRequest: fc.Arbitrary<RawRequest> = fc
  .constantFrom(...routes)
  .chain(({ method, path, body }) =>
    fc
      .record({ path: pathOf(path), query, headers, body: bodyOf(body) })
      .map(({ query: asked, ...rest }) => ({ ...rest, method, path: `${rest.path}${asked}` })),
  );

/** Any request at all: other methods, paths that are none, a key that is missing or wrong. */
export const anyRequest: fc.Arbitrary<RawRequest> = fc
  .record({
    request: routedRequest,
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'),
    path: fc.option(
      fc.oneof(
        fc.constantFrom(
          '/',
          '/api',
          '/api/',
          '/api//',
          '/api/environments/',
          '/api/%',
          '/api/environments/%E0%A4%A/sync',
          '/API/Health',
          '/admin/host/keys',
          '/runtime/webhooks/durabletask/instances',
          '*',
        ),
        fc.webPath(),
      ),
    ),
    key: fc.constantFrom<Record<string, string>>({}, { 'x-functions-key': '' }, { 'x-functions-key': 'wrong' }),
  })
  .map(({ request: routed, method, path, key }) => ({
    ...routed,
    method,
    path: path ?? routed.path,
    headers: { ...routed.headers, ...key },
  }));
