import type { HttpResponseInit } from '@azure/functions';
import type { OpenApiAnswer } from '../shared/answers.ts';
import { json } from './http/message.ts';

/** GET /openapi.json: what this app answers to. Open, since it is the same in every app; loaded when it is first asked for. */
export async function openApi(): Promise<HttpResponseInit> {
  const { default: document } = await import('../docs/openapi.json', { with: { type: 'json' } });
  return json<OpenApiAnswer>(200, document);
}
