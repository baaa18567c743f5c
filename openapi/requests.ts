import * as z from 'zod';
import { approvalSchema } from '../functions/signals.ts';
import type { Route } from '../functions/http/route.ts';
import { grantBodySchema } from '../shared/model/grant.ts';
import { adoptSchema } from '../shared/model/spec/adopt.ts';
import { specSchema } from '../shared/model/spec/schema.ts';
import type { Schema } from './typeSchema.ts';

/** What a body holds: its component, the parser's schema, and the media types that it is read as. */
interface RequestBody {
  readonly component: string;
  readonly schema: z.ZodType;
  readonly mediaTypes: readonly string[];
}

/** Of a grant the app finds out the caller's own address. */
const sentGrant = grantBodySchema.extend({ cidr: z.union([z.literal('auto'), grantBodySchema.shape.cidr]) });

export const requestBodies: Readonly<Record<NonNullable<Route['body']>['kind'], RequestBody>> = {
  spec: { component: 'Spec', schema: specSchema, mediaTypes: ['application/json', 'application/yaml'] },
  grant: { component: 'Grant', schema: sentGrant, mediaTypes: ['application/json'] },
  approval: { component: 'Approval', schema: approvalSchema, mediaTypes: ['application/json'] },
};

/** The schema of what a caller may send, by component; what depends on other fields is checked beyond it. */
export const requestSchemas = (): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.values(requestBodies).map(({ component, schema }) => [component, inputSchema(schema)]));

function inputSchema(schema: z.core.$ZodType): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // The app finds it; no caller sends it.
      if (zodSchema === adoptSchema) delete jsonSchema.properties?.['found'];
      const { def } = zodSchema._zod;
      if (def.type !== 'pipe') return;
      const { in: first, out } = def;
      // A subnet may be written as its range alone.
      if (first._zod.def.type === 'transform') {
        for (const keyword of ['type', 'properties', 'required', 'additionalProperties'] as const)
          delete jsonSchema[keyword];
        const whole = inputSchema(out) as { readonly properties?: { readonly prefix?: object } };
        Object.assign(jsonSchema, {
          anyOf: [{ type: 'string', ...whole.properties?.prefix, default: undefined }, whole],
        });
      }
    },
  });
  return rest;
}
