import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { openApiDocument } from '../../openapi/document.ts';

interface Document {
  readonly components: {
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
