import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { referenceJson } from '../local/azure/referenceData.ts';
import { echoedProperties, echoedSpellings } from './echoedProperties.ts';

/** A PUT as a log of requests tells it. */
export interface WrittenBody {
  readonly method: string;
  readonly path: string;
  readonly requestBody?: unknown;
}

/** What Azure's own schemas say about a body. */
export interface BodyVerdict {
  /** e.g. `Microsoft.Network/virtualNetworks/subnets`, in the schema's case. */
  readonly type: string;
  /** None for a valid body. */
  readonly violations: readonly Violation[];
}

export interface Violation {
  /** Begins with the path within the body. */
  readonly text: string;
  /** The property that the schema doesn't know, where that is what is wrong. */
  readonly unknownProperty?: string;
}

interface Schema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

interface TemplateSchemas {
  readonly resourceDefinitions: Readonly<Record<string, Schema>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

const files: Readonly<Record<string, string>> = {
  'Microsoft.Network': 'arm-schema-network-2025-07-01.json',
  'Microsoft.ContainerService': 'arm-schema-aks-2026-05-01.json',
};

/** Says of a request whether its body is one that Azure's schemas allow; undefined for what they do not describe. */
export type JudgeBody = (request: WrittenBody) => BodyVerdict | undefined;

/** The judge by the reference data; undefined where that isn't on this machine. */
export function bodyJudge(): JudgeBody | undefined {
  const providers = Object.entries(files).flatMap(([provider, file]) => {
    const schemas = referenceJson(file) as TemplateSchemas | undefined;
    return schemas === undefined ? [] : [validators(provider, schemas)];
  });
  if (providers.length === 0) return undefined;
  return ({ method, path, requestBody }) => {
    if (method !== 'PUT') return undefined;
    for (const find of providers) {
      const found = find(typeOf(path));
      if (found !== undefined) {
        found.validate(requestBody ?? null);
        return { type: found.type, violations: (found.validate.errors ?? []).map(violationOf) };
      }
    }
    return undefined;
  };
}

/** `Microsoft.Network/virtualNetworks/subnets` of the id of a subnet; the last provider counts, as in Azure. */
function typeOf(path: string): string {
  const [provider = '', ...segments] =
    path
      .split(/\/providers\//i)
      .at(-1)
      ?.split('/') ?? [];
  return [provider, ...segments.filter((_, index) => index % 2 === 0)].join('/').toLowerCase();
}

/** Finds a provider's validators by lower-case type; each is compiled when it is first needed. */
function validators(provider: string, { resourceDefinitions, definitions }: TemplateSchemas) {
  const types = new Map(
    Object.keys(resourceDefinitions).map((name) => {
      const type = `${provider}/${name.replaceAll('_', '/')}`;
      return [type.toLowerCase(), { type, name }] as const;
    }),
  );
  const ajv = new Ajv({ allErrors: true, logger: false });
  ajv.addSchema(
    {
      definitions: mapValues(definitions, (schema, name) => closed(schema, echoedProperties[name])),
      resourceDefinitions: mapValues(resourceDefinitions, (schema, name) =>
        closed(ofRest(schema), echoedProperties[name]),
      ),
    },
    provider,
  );
  const compiled = new Map<string, ValidateFunction>();
  return (wanted: string): { readonly type: string; readonly validate: ValidateFunction } | undefined => {
    const known = types.get(wanted);
    if (known === undefined) return undefined;
    const validate =
      compiled.get(known.name) ?? ajv.compile({ $ref: `${provider}#/resourceDefinitions/${known.name}` });
    compiled.set(known.name, validate);
    return { type: known.type, validate };
  };
}

/**
 * What only a template has goes: a PUT names type, name and api-version in its address, children have their own, and `az`
 * itself creates a route table without `properties`.
 */
function ofRest({ properties = {}, required = [], ...schema }: Schema): Schema {
  const { apiVersion: _version, resources: _children, ...own } = properties;
  return {
    ...schema,
    properties: own,
    required: required.filter((name) => !['apiVersion', 'name', 'type', 'properties'].includes(name)),
  };
}

/**
 * A schema that takes no property which it does not name. The schemas are open, and let a template have an expression in
 * place of anything; the body of a request has neither use for expressions nor for misspelt properties.
 *
 * @param echoed properties that this object's answers have beyond the schema, and that come back in a write
 */
function closed({ oneOf, ...schema }: Schema, echoed: readonly string[] = []): Schema {
  const alternatives = oneOf?.filter(({ $ref = '' }) => !$ref.endsWith('/definitions/expression'));
  const [only, ...others] = alternatives ?? [];
  if (only !== undefined && others.length === 0) return closed({ ...schema, ...only }, echoed);
  // The kinds of a discriminated object have the properties of the object itself too.
  if (only !== undefined) {
    const { properties = {}, ...rest } = schema;
    const kinds = [only, ...others].map((kind) =>
      kind.$ref === undefined ? closed({ ...kind, properties: { ...properties, ...kind.properties } }, echoed) : kind,
    );
    return { ...rest, oneOf: kinds };
  }
  const { properties, items, additionalProperties, enum: values } = schema;
  return {
    ...schema,
    ...(values === undefined ? {} : { enum: [...values, ...echoedSpellings.filter((one) => isOneOf(one, values))] }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: {
            ...Object.fromEntries(echoed.map((name) => [name, {}])),
            ...mapValues(properties, (property) => closed(property)),
          },
        }),
    ...(properties === undefined && additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object' ? closed(additionalProperties) : (additionalProperties ?? false),
        }),
  };
}

const isOneOf = (spelling: string, values: readonly string[]) =>
  values.some((value) => value.toLowerCase() === spelling.toLowerCase() && value !== spelling);

function violationOf({ dataPath, message = 'is not valid', params }: ErrorObject): Violation {
  const path = dataPath.replace(/^\./, '') || 'the body';
  if ('additionalProperty' in params) {
    const unknownProperty = params.additionalProperty;
    return { text: `${path} has the unknown property "${unknownProperty}"`, unknownProperty };
  }
  const allowed = 'allowedValues' in params ? ` ${JSON.stringify(params.allowedValues)}` : '';
  return { text: `${path} ${message}${allowed}` };
}

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
