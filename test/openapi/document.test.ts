import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { openApiDocument } from '../../openapi/document.ts';
import { specSchema } from '../../shared/model/spec/schema.ts';

interface Content {
  readonly content?: Readonly<
    Record<string, { readonly schema: object; readonly examples?: Readonly<Record<string, Example>> }>
  >;
}
type Example = { readonly value: unknown } | { readonly $ref: string };

interface Operation {
  readonly operationId: string;
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, Content>>;
    readonly schemas: Readonly<Record<string, object>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

const written = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;

test('docs/openapi.json is what the app answers to (npm run openapi writes it)', () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const result = await validator.validate({ ...structuredClone(written) });
  expect(result).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
});

describe('examples', () => {
  const ajv = new Ajv({ allErrors: true, extendRefs: true });
  ajv.addSchema({ $id: 'openapi', components: { schemas: written.components.schemas } });
  const operations = Object.values(written.paths).flatMap((path) => Object.values(path));
  const bodies: readonly (readonly [string, Content])[] = [
    ...operations.flatMap(({ operationId, requestBody, responses }) => [
      ...(requestBody === undefined ? [] : [[`what ${operationId} is sent`, requestBody] as const]),
      ...Object.entries(responses)
        .filter(([, response]) => response.content !== undefined)
        .map(([status, response]) => [`what ${operationId} answers with ${status}`, response] as const),
    ]),
    ...Object.entries(written.components.responses).map(([name, response]) => [name, response] as const),
  ];
  const withoutAny = bodies.flatMap(([what, { content = {} }]) =>
    Object.entries(content).flatMap(([type, { examples }]) => (examples === undefined ? [`${what} as ${type}`] : [])),
  );

  test.each(bodies)(
    'of %s are as their schema says (npm run openapi:examples records them anew)',
    (_what, { content }) => {
      for (const { schema, examples = {} } of Object.values(content ?? {})) {
        const { $ref } = schema as { readonly $ref?: string };
        for (const [name, example] of Object.entries(examples)) {
          if ($ref === undefined || '$ref' in example) continue;
          const errors = ajv.validate({ $ref: `openapi${$ref}` }, example.value) === true ? [] : ajv.errors;
          expect([name, errors]).toEqual([name, []]);
        }
      }
    },
  );

  test('are there for everything but what says nothing, or comes about by faults alone', () => {
    expect(withoutAny).toEqual([
      'what health answers with 503 as application/json',
      'what metrics answers with 200 as text/plain',
      'what metrics answers with 200 as application/openmetrics-text',
      'what openApi answers with 200 as application/json',
      ...['statusPage', 'statusPageAsset'].flatMap((page) =>
        ['text/html', 'text/javascript', 'text/css', 'image/svg+xml'].map(
          (type) => `what ${page} answers with 200 as ${type}`,
        ),
      ),
      ...[401, 403, 429, 500].map((status) => `Refusal${status} as application/problem+json`),
    ]);
  });

  test('hold no key, and no port of the machine that recorded them', () => {
    expect(JSON.stringify(written)).not.toMatch(/127\.0\.0\.1|localhost|x-functions-key=|[?&]code=/);
  });
});

describe('the schema of a spec', () => {
  const ajv = new Ajv({ allErrors: true });
  const isSpec = ajv.compile(written.components.schemas['Spec'] ?? false);

  test.each(Object.keys(written.components.examples))('takes examples/%s.yaml', (name) => {
    const { value } = written.components.examples[name] ?? {};
    expect(value).toEqual(parse(readFileSync(`examples/${name}.yaml`, 'utf8')));
    expect(isSpec(value) ? [] : isSpec.errors).toEqual([]);
  });

  test.each([
    ['an unknown field', { name: 'shop', clutser: {} }],
    ['a wrong type', { name: 'shop', cluster: { nodeCount: 'three' } }],
    ['a missing name', {}],
    ['what the app finds itself', { name: 'shop', adopt: { firewall: 'f', clusters: ['c'], found: {} } }],
    ['an unknown tier', { name: 'shop', firewall: { tier: 'Gold' } }],
    ['a subnet of an unknown field', { name: 'shop', network: { clusterSubnet: { range: '10.42.1.0/24' } } }],
  ])('refuses %s', (_what, spec) => {
    expect(isSpec(spec)).toBe(false);
  });

  test('takes a subnet that is its range alone', () => {
    expect(isSpec({ name: 'shop', network: { clusterSubnet: '10.42.1.0/24' } })).toBe(true);
  });
});

describe('of the form of texts the document and the parser say the same', () => {
  const isSpec = new Ajv({ allErrors: true }).compile(written.components.schemas['Spec'] ?? false);
  const specs: readonly (readonly [string, (text: string) => object, readonly string[]])[] = [
    ['the name', (name) => ({ name }), ['shop', 'a', 'Shop', '-shop', 'shop!', 'x'.repeat(41)]],
    [
      'the subscription',
      (subscription) => ({ name: 'shop', subscription }),
      ['0a1B2c3d-1111-2222-3333-444455556666', '0a1b2c3d', 'my subscription'],
    ],
    [
      'the address space',
      (addressSpace) => ({ name: 'shop', network: { addressSpace } }),
      [
        '10.0.0.0/8',
        '10.42.0.0/16',
        '10.42.0.0/30',
        '10.0.0.0/7',
        '10.42.0.0',
        '010.42.0.0/16',
        '10.42.0.256/16',
        '::/0',
      ],
    ],
    [
      'the firewall subnet',
      (firewallSubnet) => ({ name: 'shop', network: { firewallSubnet } }),
      ['10.42.2.0/26', '10.42.2.0/27'],
    ],
    [
      'a developer',
      (cidr) => ({ name: 'shop', access: { developers: [{ label: 'ana', cidr }] } }),
      ['20.1.2.3', '20.1.0.0/16', '20.0.0.0/15', 'auto'],
    ],
    [
      'the end of a grant',
      (expires) => ({ name: 'shop', access: { developers: [{ label: 'ana', cidr: '20.1.2.3', expires }] } }),
      ['2030-01-31T18:00:00Z', '2030-01-31T18:00:00+02:00', '2030-01-31T18:00:00', '2030-02-30T18:00:00Z', 'tomorrow'],
    ],
    [
      'a name that is let out',
      (fqdn) => ({ name: 'shop', egress: { allow: { application: [{ name: 'r', fqdns: [fqdn] }] } } }),
      [
        '*',
        '*.example.com',
        'a.example.com',
        'A.example.com',
        'example',
        'a..b',
        'https://example.com',
        '*example.com',
      ],
    ],
    [
      'a destination',
      (to) => ({ name: 'shop', egress: { allow: { network: [{ name: 'r', destinations: [to], ports: [443] }] } } }),
      ['*', 'Sql.EastUS', '20.1.2.0/24', '20.1.2.3', '0.0.0.0/0', '20.1.2.3/33', 'Sql..EastUS'],
    ],
    [
      'a port',
      (port) => ({ name: 'shop', ingress: { allowedPorts: [port] } }),
      ['80', '*', '8000-8100', '80,443', 'http', '8000-'],
    ],
    ['a source', (one) => ({ name: 'shop', ingress: { allowedSources: [one] } }), ['*', '20.1.2.0/24', 'Internet']],
    [
      'a DNS server',
      (one) => ({ name: 'shop', firewall: { dnsServers: [one] } }),
      ['10.0.0.4', '10.0.0.4/32', '10.0.0.0/24'],
    ],
    ['a namespace', (one) => ({ name: 'shop', ingress: { namespaces: [one] } }), ['default', 'De', 'a.b']],
    ['a version', (version) => ({ name: 'shop', cluster: { version } }), ['1.33', '1.33.2', 'latest']],
  ];

  test.each(specs.flatMap(([what, specOf, texts]) => texts.map((text) => [what, text, specOf] as const)))(
    '%s "%s"',
    (_what, text, specOf) => {
      const spec = specOf(text);
      expect(isSpec(spec)).toBe(specSchema.safeParse(spec).success);
    },
  );
});
