import fc from 'fast-check';
import type { StartStepInput } from '../../orchestrations/advance.ts';
import { planRanges } from '../../orchestrations/activities/authorizedRanges.ts';
import { done } from '../../orchestrations/activities/outcomes.ts';
import { pollOperation } from '../../orchestrations/activities/pollOperation.ts';
import { startStep } from '../../orchestrations/activities/startStep.ts';
import { afterPoll, afterStart, type StepOutcome, type StepRecord } from '../../orchestrations/stepRecord.ts';
import { newRecords } from '../../orchestrations/stepRecords.ts';
import { forgetClusterAccess } from '../../shared/kubernetes/credentials.ts';
import type { Json } from '../../shared/model/json.ts';
import { clustersOf } from '../../shared/model/clusters.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { StepProblem } from '../../shared/model/step.ts';
import { azureFailure } from '../../shared/observe/failure.ts';
import { previewOf } from '../../shared/observe/preview.ts';
import { renderPreview } from '../../shared/plan/preview.ts';
import { servicesHaveChanged } from '../../shared/observe/servicePass.ts';
import { accessGraph, provisioningGraph, syncGraph, teardownGraph } from '../../shared/plan/provisioningGraph.ts';
import type { Step } from '../../shared/plan/step.ts';
import { GatehouseError } from '../../shared/model/errors.ts';
import { kubeconfig, startApiServer, type TestApiServer } from '../shared/kubernetes/apiServer.ts';
import { startArmServer, type ArmAnswer, type ArmServer } from '../support/armServer.ts';
import { articleSpec } from '../support/spec.ts';
import { FUNCTION_ID, operationAnswer, readyAzure, writeAnswer, wrongAnswers } from './azureAnswers.ts';
import { fuzzed } from './fuzz.ts';
import { brokenService } from './scenes.ts';
import { requireJson } from './soundRules.ts';

const spec = articleSpec();
const NOW = new Date('2026-01-01T12:00:00Z');
const [anyStep] = provisioningGraph(spec) as [Step];
const [pending] = newRecords([anyStep]) as [StepRecord];
let arm: ArmServer;
let api: TestApiServer;
let azure: ReturnType<typeof readyAzure>;

beforeAll(async () => {
  [arm, api] = await Promise.all([startArmServer(), startApiServer()]);
  Object.assign(process.env, {
    GATEHOUSE_SUBSCRIPTION: spec.subscription,
    GATEHOUSE_OUTBOUND_RANGES: '203.0.113.10/32',
    GATEHOUSE_EVENTS_FUNCTION_ID: FUNCTION_ID,
    GATEHOUSE_EVENTS_RESOURCE_GROUP: 'app',
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  });
  azure = readyAzure(spec, Buffer.from(kubeconfig(api)).toString('base64'));
});
afterAll(() => Promise.all([arm.close(), api.close()]));

/** What the activities logged because nobody had foreseen it. */
const unforeseen: unknown[] = [];
const log = { error: (message: string, error: unknown) => void unforeseen.push(message, error) };
const lanes = {
  start: () => Promise.resolve(done(false)),
  look: () => Promise.resolve(),
  end: () => Promise.resolve(done(false)),
};

const steps: readonly Pick<StartStepInput, 'graph' | 'step'>[] = [
  ...provisioningGraph(spec).map(({ name }) => ({ graph: 'provision' as const, step: name })),
  // What reads most and decides most is looked at most.
  ...[...syncGraph(spec), ...syncGraph(spec)].map(({ name }) => ({ graph: 'sync' as const, step: name })),
  ...teardownGraph(spec).map(({ name }) => ({ graph: 'teardown' as const, step: name })),
  ...accessGraph().map(({ name }) => ({ graph: 'access' as const, step: name })),
];

/** @param reads what is answered wrong, where that is not just anything */
const world = (reads: readonly string[] = Object.keys(azure)) =>
  fc.record({
    wrong: wrongAnswers(azure, reads),
    write: writeAnswer,
    services: fc.array(brokenService, { maxLength: 3 }),
  });
type World = ReturnType<typeof world> extends fc.Arbitrary<infer One> ? One : never;

/** The bodies that the app has PUT since. */
function answerAs({ wrong, write, services }: World): Json[] {
  forgetClusterAccess(resourceIds(spec).cluster);
  unforeseen.length = 0;
  const bodies: Json[] = [];
  const paths = new Map(Object.entries(azure).map(([path, body]) => [path.toLowerCase(), { status: 200, body }]));
  const instead = new Map(Object.entries(wrong).map(([path, answer]) => [path.toLowerCase(), answer]));
  arm.answer(({ method, path, body }) => {
    const reads = method === 'GET' || path.endsWith('/listClusterUserCredential');
    if (reads) return instead.get(path.toLowerCase()) ?? paths.get(path.toLowerCase());
    if (method === 'PUT') bodies.push(body as Json);
    return write;
  });
  api.answer((_request, response) =>
    response.end(JSON.stringify({ kind: 'ServiceList', metadata: {}, items: services })),
  );
  return bodies;
}

function requireRemedy(problem: StepProblem): void {
  expect(unforeseen).toEqual([]);
  expect(problem).toEqual({
    code: expect.stringMatching(/./s),
    message: expect.stringMatching(/./s),
    remedy: expect.stringMatching(/\S/),
  });
  expect(problem.code).not.toBe('Unexpected');
}

/** What an activity hands back can be stored, and taken up by the lane. */
function requireOutcome(outcome: StepOutcome): void {
  requireJson(outcome);
  if (outcome.outcome === 'failed') requireRemedy(outcome.problem);
  if (outcome.outcome === 'started') expect(outcome.operation.operationUrl).toMatch(/./);
  afterStart(pending, outcome, anyStep, NOW);
}

test('every step comes to an outcome, whatever Azure and the API server answer', async () => {
  const start = async (given: World, { graph, step }: (typeof steps)[number], force: boolean) => {
    const bodies = answerAs(given);
    const access = { frontends: [], grants: [], ownedRanges: ['198.51.100.9/32'] };
    const looks = { writes: 0, mayWrite: true, time: NOW.toISOString(), changesFrom: '2025-12-31T00:00:00Z' };
    requireOutcome(await startStep({ ...looks, graph, step, spec, force, access }, lanes, log));
    expect(unforeseen).toEqual([]);
    for (const body of bodies) expect(Object.keys(body ?? {})).not.toEqual([]);
    requireJson(bodies);
  };
  // What a step reads when all is well is what is answered wrong.
  const known = new Map(Object.keys(azure).map((path) => [path.toLowerCase(), path]));
  const started: fc.Arbitrary<[World, (typeof steps)[number], boolean]>[] = [];
  for (const step of steps) {
    await start({ wrong: {}, write: { status: 200, body: {} }, services: [] }, step, false);
    const asked = arm.requests.flatMap((request) => known.get(request.replace(/^\w+ /, '').toLowerCase()) ?? []);
    started.push(fc.tuple(world(asked.length === 0 ? undefined : asked), fc.constant(step), fc.boolean()));
  }
  await fc.assert(
    fc.asyncProperty(fc.oneof(...started), ([given, step, force]) => start(given, step, force)),
    fuzzed(800),
  );
});

test('every look at an operation comes to an outcome', async () => {
  const check = async (given: World, answer: ArmAnswer) => {
    answerAs(given);
    const { firewall: resourceId } = resourceIds(spec);
    const operationUrl = `${arm.origin}/operations/1?t=signed`;
    const resource = given.wrong[resourceId] ?? { status: 200, body: azure[resourceId] };
    arm.answer(({ path }) => (path === '/operations/1' ? answer : resource));
    const operation = { resourceId, operationUrl, acceptedAt: '' };
    const outcome = await pollOperation({ step: 'firewall', operation }, log);
    requireJson(outcome);
    if (outcome.status === 'failed') requireRemedy(outcome.problem);
    afterPoll(pending, outcome, anyStep, NOW);
    expect(unforeseen).toEqual([]);
  };
  const usual = { wrong: {}, write: { status: 202 }, services: [] };
  await check(usual, { status: 200, body: { status: {} } });
  await check(usual, { status: 200, body: { status: 'Failed', error: { code: 5, message: '' } } });
  await check(usual, { status: 503, body: {}, headers: { 'retry-after': '1e308' } });
  await fc.assert(fc.asyncProperty(world(), operationAnswer, check), fuzzed(300));
});

test('previews, light passes and looks at authorized ranges fail with nothing but what they can name', async () => {
  const named = async (look: () => Promise<unknown>) => {
    try {
      requireJson(await look());
    } catch (error) {
      if (!(error instanceof GatehouseError) && azureFailure(error) === undefined) throw error;
    }
  };
  const access = { frontends: [], grants: [], ownedRanges: [] };
  await fc.assert(
    fc.asyncProperty(world(), async (given) => {
      answerAs(given);
      await named(async () => renderPreview(await previewOf(spec)));
      await named(() => servicesHaveChanged(spec, clustersOf(spec)));
      const { problem } = await planRanges({ spec, access: access, time: NOW.toISOString() });
      if (problem !== undefined) requireRemedy(problem);
    }),
    fuzzed(150),
  );
});
