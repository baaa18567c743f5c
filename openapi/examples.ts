import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Schema } from './typeSchema.ts';

/** A call as it was sent and answered in the life of an environment. */
export interface RecordedExample {
  /** Of the route. */
  readonly operation: string;
  /** In few words; also its key. */
  readonly name: string;
  /** Of JSON; a spec is none, since examples/ has those. */
  readonly request?: unknown;
  readonly status: number;
  /** Without parameters. */
  readonly mediaType: string;
  /** JSON, or text. */
  readonly answer: unknown;
}

/**
 * OpenAPI's named examples of one kind of body; nothing where there are none.
 *
 * @throws Error where two have the same name
 */
export function asExamples(recorded: readonly { readonly name: string; readonly value: unknown }[]): {
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
} {
  if (recorded.length === 0) return {};
  const names = recorded.map(({ name }) => name.toLowerCase().replace(/[^a-z]+/g, '-'));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two examples of one kind of body are called ${twice}`);
  return {
    examples: Object.fromEntries(
      recorded.map(({ name, value }, index) => [names[index] ?? '', { summary: name, value }]),
    ),
  };
}

export const EXAMPLES_FILE = 'openapi/examples.json';

/** What `npm run openapi:examples` has recorded, in the order of the life. */
export const recordedExamples = (): readonly RecordedExample[] =>
  JSON.parse(readFileSync(EXAMPLES_FILE, 'utf8')) as readonly RecordedExample[];

/** The specs of examples/, each with the first line of its comment; manifests for a cluster lie there as well. */
export function specExamples(): Readonly<Record<string, Schema>> {
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
