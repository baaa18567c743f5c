import fc from 'fast-check';
import { parseServiceProjection } from '../../shared/kubernetes/serviceProjection.ts';
import { listServices } from '../../shared/kubernetes/services.ts';
import { jsonAt, type Json, type JsonObject } from '../../shared/model/json.ts';
import { parseService } from '../../shared/model/service.ts';
import { explainService } from '../../shared/plan/explain.ts';
import { planPublications } from '../../shared/plan/publicationPlan.ts';
import { articleSpec } from '../support/spec.ts';
import { firewallWith, service } from '../shared/plan/ingressScene.ts';
import { accessTo, kubeconfig, startApiServer, type TestApiServer } from '../shared/kubernetes/apiServer.ts';
import { broken } from './brokenJson.ts';
import { fuzzed } from './fuzz.ts';
import { BALANCERS, brokenService, FRONTEND, fullService, restrictedService } from './scenes.ts';
import { requireSound } from './soundRules.ts';

const cluster = 'aks-egress';
const spec = articleSpec();
const facts = {
  frontends: [FRONTEND],
  loadBalancers: { [cluster]: BALANCERS },
  routesToInternet: { [cluster]: [`${FRONTEND}/32`] },
  firewallRanges: ['10.42.2.0/24', `${FRONTEND}/32`],
};
/** With a rule of a service that is there, and one of a service that isn't. */
const firewall = firewallWith(service({ name: 'web' }), service({ name: 'gone', ports: [{ port: 81 }] }));

/** Whether anything about a service's sources says everybody, or it says nothing about them at all. */
function opensToAll(raw: Json): boolean {
  const { metadata, spec: asked } = raw as { metadata: JsonObject; spec: JsonObject };
  const said = JSON.stringify([metadata['annotations'], asked['loadBalancerSourceRanges']]);
  return !/source|allowed-ip-ranges|\d+\.\d+\.\d+/i.test(said) || /\*|\/0/.test(said);
}

test('any list of services is read, planned and explained, and opens no port to everybody that was not asked to be', () => {
  const check = (items: readonly Json[]) => {
    const parsed = items.map((item) => [item, parseService(item, cluster)] as const);
    const read = parsed.flatMap(([item, one]) => (one === undefined ? [] : [[item, one] as const]));
    const services = read.map(([, one]) => one);
    const list = { cluster, state: 'complete' as const, services };
    const plan = planPublications({ spec, lists: [list], firewall, facts });
    for (const one of [...plan.created, ...plan.updated]) {
      const owners = read.filter(([, { namespace, name }]) => namespace === one.namespace && name === one.service);
      expect(owners.length).toBeGreaterThan(0);
      if (one.rule.sources.includes('*')) expect(owners.filter(([item]) => opensToAll(item))).not.toEqual([]);
    }
    requireSound(plan.natRuleCollections, spec.name);
    for (const { namespace, name } of services) {
      const explained = explainService({ spec, list, namespace, service: name, firewall, facts, plan });
      expect(explained.found).toBe(true);
      for (const hop of explained.ports.flatMap(({ hops }) => hops)) {
        expect(hop.detail).not.toMatch(/undefined|\[object|NaN/);
        if (hop.state === 'broken') expect(hop.remedy ?? hop.detail).not.toBe('');
      }
    }
  };
  check([fullService, restrictedService]);
  fc.assert(fc.property(fc.array(brokenService, { maxLength: 6 }), check), fuzzed(2_000));
});

test('any output of a command in the cluster is a list of services or a reason why not', () => {
  const cell = fc.oneof(
    fc.constantFrom('shop', 'web', '', 'LoadBalancer', '{}', '[]', '[1]', 'null', '"a"', '{"a":', 'gatehouse:complete'),
    fc.string({ unit: 'binary' }),
    brokenService.map((one) => JSON.stringify(one)),
  );
  const line = fc.array(cell, { minLength: 9, maxLength: 12 }).map((cells) => cells.join('\t'));
  const output = fc
    .array(fc.oneof(line, fc.string({ unit: 'binary' })), { maxLength: 5 })
    .chain((lines) => fc.constantFrom(lines.join('\n'), [...lines, 'gatehouse:complete', ''].join('\n')));
  fc.assert(
    fc.property(output, fc.constantFrom(0, 0, 0, 1, 137), (text, exitCode) => {
      const list = parseServiceProjection(text, exitCode);
      if (list.state === 'complete') for (const item of list.items) parseService(item, cluster);
      else expect([list.reason, list.remedy]).not.toContain('');
    }),
    fuzzed(1_000),
  );
});

describe('from an API server', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server.close());

  const page = broken({
    kind: 'ServiceList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '7', continue: 'two' },
    items: [fullService, restrictedService],
  });
  const status = fc.oneof(
    { weight: 5, arbitrary: fc.constant(200) },
    fc.constantFrom(204, 302, 401, 403, 410, 429, 500),
  );
  const last = JSON.stringify({ kind: 'ServiceList', metadata: {}, items: [] });

  /** How much of the text comes before the connection ends; nearly always all of it. */
  const share = fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true }));

  test('any page is read, or told why not; and none is taken for the last one that says there are more', async () => {
    const check = async (first: Json, code: number, part: number) => {
      server.answer((request, response) => {
        const isFirst = !(request.url ?? '').includes('continue');
        const text = isFirst ? JSON.stringify(first) : last;
        response.writeHead(isFirst ? code : 200, { 'content-type': 'application/json' });
        response.end(text.slice(0, Math.ceil(text.length * (isFirst ? part : 1))));
      });
      const list = await listServices(await accessTo(kubeconfig(server)), { deadlineSeconds: 30 });
      if (list.state === 'complete') {
        for (const item of list.items) parseService(item, cluster);
        const next = jsonAt(first, 'metadata', 'continue') ?? '';
        expect(server.requests).toHaveLength(next === '' ? 1 : 2);
      } else expect([list.reason, list.remedy]).not.toContain('');
    };
    await check({ kind: 'ServiceList', metadata: { continue: 2 }, items: [fullService] }, 200, 1);
    await fc.assert(fc.asyncProperty(page, status, share, check), fuzzed(150));
  });

  test('a page that always names itself as the next is read twice and no more', async () => {
    server.answer((_request, response) =>
      response.end(JSON.stringify({ kind: 'ServiceList', metadata: { continue: 'x' }, items: [fullService] })),
    );
    const list = await listServices(await accessTo(kubeconfig(server)), { deadlineSeconds: 30 });
    expect(list).toMatchObject({ state: 'partial', code: 'partial' });
    expect(server.requests).toHaveLength(2);
  });
});
