import type { Timer } from '@azure/functions';
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { recorded } from './record.ts';
import './orchestrators.ts';

app.http('echo', {
  route: 'echo/{name}/{*rest}',
  methods: ['GET', 'POST'],
  handler: async (request) => ({
    status: 201,
    jsonBody: { params: request.params, query: Object.fromEntries(request.query), body: await request.text() },
    headers: { 'x-method': request.method },
    cookies: [{ name: 'flavour', value: 'oat', maxAge: 60, httpOnly: true, sameSite: 'Strict' }],
  }),
});
app.http('forwarded', { handler: (request) => ({ body: request.headers.get('x-forwarded-for') ?? '' }) });
app.http('echoFixed', { route: 'echo/fixed/one', methods: ['GET'], handler: () => ({ body: 'fixed' }) });
app.http('numbered', {
  route: 'numbered/{id:int}/{tail?}',
  methods: ['GET'],
  handler: ({ params }) => ({ jsonBody: params }),
});
app.http('keyed', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'open' }) });
app.http('administered', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'open' }) });
app.http('silent', { methods: ['GET'], handler: () => ({}) });
app.http('broken', {
  methods: ['GET'],
  handler: () => {
    throw new Error('broken on purpose');
  },
});

app.http('start', {
  route: 'start/{orchestrator}/{id?}',
  methods: ['POST'],
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const { orchestrator = '', id } = request.params;
    const text = await request.text();
    const instanceId = await client.startNew(orchestrator, {
      ...(id !== undefined && { instanceId: id }),
      input: text === '' ? undefined : (JSON.parse(text) as unknown),
    });
    return client.createCheckStatusResponse(request, instanceId);
  },
});

app.timer('ticking', {
  schedule: '%LOCAL_HOST_TEST_SCHEDULE%',
  handler: (timer: Timer) => recorded('ticking').push(timer.scheduleStatus.next),
});

app.eventGrid('events', {
  handler: (event) => {
    if (event.id === 'poison') throw new Error('poisonous event');
    recorded('events').push(event);
  },
});
