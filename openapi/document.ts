import { readFileSync } from 'node:fs';
import { problemKinds } from '../shared/model/problemKinds.ts';
import { routes } from '../functions/routes.ts';
import { commonRefusals, isConditional, openRefusals, type Route } from '../functions/http/route.ts';
import { sufficientRoles } from '../functions/http/roles.ts';
import { answerMedia, answerTypes, type Media } from './answers.ts';
import { asExamples, recordedExamples, specExamples, type RecordedExample } from './examples.ts';
import { requestBodies, requestSchemas } from './requests.ts';
import { typeSchemas, type Schema } from './typeSchema.ts';

const recorded = recordedExamples();

/** The OpenAPI 3.1 document of the app: routes by its table, requests by its parsers, answers by its types. */
export function openApiDocument(): Schema {
  const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version;
  const schemas = { ...typeSchemas('shared/answers.ts', answerTypes), ...requestSchemas() };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Gatehouse',
      version,
      summary: 'Builds AKS clusters behind Azure Firewall and keeps firewall and clusters true to each other.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
    paths: paths(),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: Object.fromEntries(refusals.map((status) => [`Refusal${status}`, refusal(status)])),
      headers,
      examples: specExamples(),
      securitySchemes,
    },
  };
}

const securitySchemes = {
  functionKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-functions-key',
    description: 'A key of the function app, where GATEHOUSE_AUTH is "key". It opens every route.',
  },
  entra: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A token of Microsoft Entra ID for this app, where GATEHOUSE_AUTH is "entra"; each operation tells the app role that it asks for.',
  },
};

const headers = {
  RequestId: { description: "Leads to the answer's log lines.", schema: { type: 'string' } },
  Receipt: { description: 'Of the audit record that was kept.', schema: { type: 'string' } },
  Location: { description: 'Where to look.', schema: { type: 'string' } },
  RetryAfter: { description: 'In how many seconds to come again.', schema: { type: 'string', pattern: '^[0-9]+$' } },
  ETag: { description: 'Send it back as If-None-Match.', schema: { type: 'string' } },
};

const header = (name: keyof typeof headers): Schema => ({ $ref: `#/components/headers/${name}` });

function paths(): Schema {
  const all: Record<string, Record<string, Schema>> = {};
  for (const route of routes) (all[`/${route.path}`] ??= {})[route.method.toLowerCase()] = operation(route);
  return all;
}

function operation(route: Route): Schema {
  const { name, access, summary, body } = route;
  const roles = access === 'open' ? [] : sufficientRoles(access);
  return {
    operationId: name,
    summary,
    description:
      access === 'open'
        ? 'Open to everybody.'
        : `Where people sign in, it asks for the app role ${roles.join(' or ')}.`,
    tags: [tagOf(route)],
    ...(access === 'open' ? {} : { 'x-required-role': access }),
    security: access === 'open' ? [] : [{ functionKey: [] }, { entra: [] }],
    parameters: parametersOf(route),
    ...(body === undefined ? {} : { requestBody: requestBodyOf(name, body) }),
    responses: responsesOf(route),
  };
}

/** Groups for whoever browses: the environment's, its parts', and what the app tells of itself. */
const tagOf = ({ path }: Route): string => {
  const [first = '', , part = ''] = path.split('/');
  if (['services', 'drift', 'grants'].includes(part)) return part;
  return ['environments', 'plans'].includes(first) ? first : 'app';
};

function parametersOf({ path, query = {}, method }: Route): readonly Schema[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const asked = Object.entries(query).map(([name, kind]) => ({
    name,
    in: 'query',
    schema: kind === 'flag' ? { type: 'boolean', default: false } : { type: 'string' },
  }));
  const known = { name: 'If-None-Match', in: 'header', schema: { type: 'string' } };
  return [...named, ...asked, ...(method === 'GET' ? [known] : [])];
}

function requestBodyOf(operation: string, { kind, required }: NonNullable<Route['body']>): Schema {
  const { component, mediaTypes } = requestBodies[kind];
  const media = {
    schema: { $ref: `#/components/schemas/${component}` },
    ...(kind === 'spec'
      ? {
          examples: Object.fromEntries(
            Object.keys(specExamples()).map((name) => [name, { $ref: `#/components/examples/${name}` }]),
          ),
        }
      : asExamples(
          recorded
            .filter((example) => example.operation === operation && example.request !== undefined)
            .map(({ name, request }) => ({ name, value: request })),
        )),
  };
  return { required, content: Object.fromEntries(mediaTypes.map((type) => [type, media])) };
}

function responsesOf(route: Route): Schema {
  const { name, access, answers, refusals: own } = route;
  const keeps = isConditional(route);
  const receipt = ['open', 'Reader'].includes(access) ? {} : { 'x-gatehouse-audit': header('Receipt') };
  const carried = { 'x-request-id': header('RequestId'), ...receipt };
  const told = Object.entries(answers).map(([status, kind]) => [
    status,
    {
      description: answerMedia[kind].description,
      headers: {
        ...carried,
        ...(keeps && status === '200' ? { etag: header('ETag') } : {}),
        ...(status === '202' ? { location: header('Location'), 'retry-after': header('RetryAfter') } : {}),
      },
      content: contentOf(
        answerMedia[kind].media,
        ({ operation, status: answered }) => operation === name && answered === Number(status),
      ),
    },
  ]);
  const unchanged = { description: 'Nothing has changed.', headers: { ...carried, etag: header('ETag') } };
  const common = access === 'open' ? openRefusals : commonRefusals;
  const refused = [...new Set([...own, ...common])]
    .filter((status) => !(status in answers))
    .map((status) => [status, { $ref: `#/components/responses/Refusal${status}` }]);
  return Object.fromEntries([...told, ...(keeps ? [[304, unchanged]] : []), ...refused]) as Schema;
}

const contentOf = (media: readonly Media[], isMeant: (example: RecordedExample) => boolean): Schema =>
  Object.fromEntries(
    media.map(({ type, schema }) => [
      type,
      {
        schema: schema === undefined ? { type: 'string' } : { $ref: `#/components/schemas/${schema}` },
        ...asExamples(
          recorded
            .filter((example) => example.mediaType === type && isMeant(example))
            .map(({ name, answer }) => ({ name, value: answer })),
        ),
      },
    ]),
  );

const refusals = [...new Set([...routes.flatMap((route) => route.refusals), ...commonRefusals])].sort((a, b) => a - b);

function refusal(status: number): Schema {
  const kinds = Object.entries(problemKinds).filter(([, kind]) => kind.status === status);
  if (kinds.length === 0) throw new Error(`There is no kind of problem for ${status}.`);
  const description = kinds.map(([code, { when }]) => `\`${code}\`: ${when}.`).join('\n\n');
  return {
    description,
    headers: {
      'x-request-id': header('RequestId'),
      ...([429, 503].includes(status) ? { 'retry-after': header('RetryAfter') } : {}),
    },
    content: contentOf(
      [{ type: 'application/problem+json', schema: 'ProblemAnswer' }],
      ({ status: answered }) => answered === status,
    ),
  };
}
