import { app } from '@azure/functions';
import type { EventGridEvent } from '@azure/functions';
import * as df from 'durable-functions';
import { openGate } from './gates.ts';

app.http('gates', {
  route: 'gates/{gate}',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: (request) => {
    openGate(request.params['gate'] ?? '');
    return { status: 204 };
  },
});

app.http('mirror', {
  route: 'mirror/{word}/{rest?}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: async (request) => ({
    status: 201,
    headers: { 'x-mirror': request.headers.get('x-mirror') ?? 'none' },
    jsonBody: {
      method: request.method,
      params: request.params,
      query: Object.fromEntries(request.query),
      body: await request.text(),
    },
  }),
});

app.http('breaks', {
  route: 'breaks',
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('the function broke');
  },
});

app.http('guarded', { route: 'guarded', authLevel: 'function', handler: () => ({ body: 'open' }) });

/** Starts an orchestration through the client binding and answers with its management URLs. */
app.http('starts', {
  route: 'starts/{orchestrator}/{id}',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const { orchestrator, id } = request.params as { orchestrator: string; id: string };
    await client.startNew(orchestrator, { instanceId: id, input: await request.json() });
    return client.createCheckStatusResponse(request, id);
  },
});

/** Raises `signal` on the instance that an event's subject names, with the event's data. */
app.eventGrid('arrivals', {
  extraInputs: [df.input.durableClient()],
  handler: async (event: EventGridEvent, context) => {
    await df.getClient(context).raiseEvent(event.subject, 'signal', event.data);
  },
});
