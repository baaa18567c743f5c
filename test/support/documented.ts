import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import type { Route } from '../../functions/http/route.ts';
import { routes } from '../../functions/routes.ts';
import type { Answer, TestCloud } from './localCloud.ts';

interface Media {
  readonly schema: { readonly $ref?: string };
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>>; readonly schemas: object };
}

/** Calls of the app, each held against docs/openapi.json. */
export interface DocumentedCalls {
  /** As TestCloud's. @throws Error that tells how the answer is another than the document says */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What is documented and has not been seen, as `operation status`. */
  unseen(): readonly string[];
}

/** The calls of one cloud, with what they have seen so far. */
export function documentedCalls(cloud: TestCloud): DocumentedCalls {
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;
  const ajv = new Ajv({ allErrors: true, extendRefs: true });
  ajv.addSchema({ $id: 'openapi', components: { schemas: document.components.schemas } });
  const seen = new Set<string>();
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

  return {
    call: async (method, path, body, headers) => {
      const answer = await cloud.call(method, path, body, headers);
      const { operationId, responses } = operationFor(document, method, path);
      const wrong = (what: string) =>
        new Error(`${method} ${path.slice(0, 100)} answered ${answer.status} ${what}: ${answer.text.slice(0, 400)}`);
      const named = responses[answer.status];
      const response =
        named?.$ref === undefined ? named : document.components.responses[named.$ref.split('/').at(-1) ?? ''];
      if (response === undefined) throw wrong('which is not documented');
      seen.add(`${operationId} ${answer.status}`);
      // What a function key is missing for is answered by the host, before the app is asked.
      if (answer.status === 401 && answer.text === '') return answer;
      if (!answer.headers.has('x-request-id')) throw wrong('without x-request-id');
      const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
      if (response.content === undefined) {
        if (answer.text !== '') throw wrong('with a body');
        return answer;
      }
      const media = response.content[type];
      if (media === undefined) throw wrong(`as ${type}, which is not documented`);
      const { $ref } = media.schema;
      if ($ref !== undefined && ajv.validate({ $ref: `openapi${$ref}` }, answer.body) !== true) {
        throw wrong(
          `and ${ajv.errorsText()} (${JSON.stringify(ajv.errors?.map(({ params }) => params)).slice(0, 300)})`,
        );
      }
      if (response.headers?.['location'] !== undefined && $ref?.endsWith('AcceptedAnswer') === true) {
        for (const name of ['location', 'retry-after']) if (!answer.headers.has(name)) throw wrong(`without ${name}`);
      }
      return answer;
    },
    unseen: () =>
      operations.flatMap(({ operationId, responses }) =>
        Object.keys(responses)
          .map((status) => `${operationId} ${status}`)
          .filter((one) => !seen.has(one)),
      ),
  };
}

function operationFor({ paths }: Document, method: string, path: string): Operation {
  const found = paths[`/${routeFor(method, path).path}`]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${method} ${path} is not documented`);
  return found;
}

/** What answers to a method and a path below the prefix. @throws Error where nothing does */
export function routeFor(method: string, path: string): Route {
  const parts = (path.split('?')[0] ?? '').split('/').slice(1);
  const fits = (template: string) => {
    const wanted = template.split('/');
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at]);
  };
  const found = routes.find((route) => route.method === method && fits(route.path));
  if (found === undefined) throw new Error(`There is no route for ${method} ${path}`);
  return found;
}
