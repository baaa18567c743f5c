import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { routes } from '../functions/routes.ts';
import { commonRefusals, openRefusals, type Route } from '../functions/http/route.ts';
import { sufficientRoles } from '../functions/http/roles.ts';
import { answerMedia, answerTypes, type Media } from './answers.ts';
import { requestBodies, requestSchemas } from './requests.ts';
import { typeSchemas, type Schema } from './typeSchema.ts';

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
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body) }),
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

function requestBodyOf({ kind, required }: NonNullable<Route['body']>): Schema {
  const { component, mediaTypes } = requestBodies[kind];
  const names = kind === 'spec' ? Object.keys(specExamples()) : [];
  const examples = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }]));
  const media = {
    schema: { $ref: `#/components/schemas/${component}` },
    ...(names.length === 0 ? {} : { examples }),
  };
  return { required, content: Object.fromEntries(mediaTypes.map((type) => [type, media])) };
}

function responsesOf({ method, access, answers, refusals: own }: Route): Schema {
  const isConditional = method === 'GET' && Object.keys(answers).includes('200');
  const receipt = ['open', 'Reader'].includes(access) ? {} : { 'x-gatehouse-audit': header('Receipt') };
  const carried = { 'x-request-id': header('RequestId'), ...receipt };
  const told = Object.entries(answers).map(([status, kind]) => [
    status,
    {
      description: answerMedia[kind].description,
      headers: {
        ...carried,
        ...(isConditional && status === '200' ? { etag: header('ETag') } : {}),
        ...(status === '202' ? { location: header('Location'), 'retry-after': header('RetryAfter') } : {}),
      },
      content: contentOf(answerMedia[kind].media),
    },
  ]);
  const unchanged = { description: 'Nothing has changed.', headers: { ...carried, etag: header('ETag') } };
  const common = access === 'open' ? openRefusals : commonRefusals;
  const refused = [...new Set([...own, ...common])]
    .filter((status) => !(status in answers))
    .map((status) => [status, { $ref: `#/components/responses/Refusal${status}` }]);
  return Object.fromEntries([...told, ...(isConditional ? [[304, unchanged]] : []), ...refused]) as Schema;
}

const contentOf = (media: readonly Media[]): Schema =>
  Object.fromEntries(
    media.map(({ type, schema }) => [
      type,
      { schema: schema === undefined ? { type: 'string' } : { $ref: `#/components/schemas/${schema}` } },
    ]),
  );

const reasons: Readonly<Record<number, string>> = {
  400: 'What was sent, or something in the subscription, stands in the way; `problems` names each.',
  401: 'Nobody has signed in. For a missing function key the host itself answers, without a body.',
  403: 'Who signed in lacks the app role, or another site has sent the request.',
  404: 'There is no such thing.',
  409: 'What is there now does not allow it.',
  410: 'The environment has been deleted.',
  413: 'The body has more than 1 MB.',
  414: 'The URL has more than 8192 characters.',
  415: 'The body is of a kind that is not read.',
  429: 'Too many requests.',
  500: 'The app failed.',
  502: 'Azure refuses.',
  503: "Azure can't be reached or throttles, or sign-ins are not checked.",
};

const refusals = [...new Set([...routes.flatMap((route) => route.refusals), ...commonRefusals])].sort((a, b) => a - b);

function refusal(status: number): Schema {
  const description = reasons[status];
  if (description === undefined) throw new Error(`There is no word on why ${status} is answered.`);
  return {
    description,
    headers: {
      'x-request-id': header('RequestId'),
      ...([429, 503].includes(status) ? { 'retry-after': header('RetryAfter') } : {}),
    },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemAnswer' } } },
  };
}

/** The specs of examples/, each with the first line of its comment; manifests for a cluster lie there as well. */
function specExamples(): Readonly<Record<string, Schema>> {
  const files = readdirSync('examples').filter((file) => file.endsWith('.yaml'));
  const texts = files
    .sort()
    .map((file) => [file.replace('.yaml', ''), readFileSync(`examples/${file}`, 'utf8')] as const);
  return Object.fromEntries(
    texts
      .filter(([, text]) => !/^apiVersion:/m.test(text))
      .map(([name, text]) => {
        const summary = /^# *(.+)$/m.exec(text)?.[1];
        return [name, { ...(summary === undefined ? {} : { summary }), value: parse(text) as unknown }];
      }),
  );
}
