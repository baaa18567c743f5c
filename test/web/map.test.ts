import fc from 'fast-check';
import type { DriftAnswer } from '../../shared/answers.ts';
import { mapLayout, LEAST_WIDE } from '../../web/model/mapLayout.ts';
import { MOST_DRAWN_SERVICES } from '../../web/model/mapEntries.ts';
import { partOf } from '../../web/model/mapParts.ts';
import { mapScene } from '../../web/model/mapScene.ts';
import { fitted, type MapNode } from '../../web/model/mapShapes.ts';
import { serviceRows } from '../../web/model/serviceRows.ts';
import { aJumpbox } from '../support/spec.ts';
import { driftAnswer, environmentAnswer, publication, servicesAnswer } from '../support/pageAnswers.ts';

const ports = (count: number, over: object = {}) =>
  Array.from({ length: count }, (_, index) => publication(`s${index}`, { port: 1000 + index, ...over }));

function sceneOf(count: number, drift = driftAnswer(), environment = environmentAnswer()) {
  const services = servicesAnswer({ unchanged: ports(count) });
  return mapScene(environment, serviceRows(services, drift), services, drift);
}

test('every publication has its line, from its frontend to its service', () => {
  const { lines, nodes } = mapLayout(sceneOf(3), 1000);
  expect(lines.filter(({ kind }) => kind === 'publication')).toHaveLength(3);
  expect(nodes.filter(({ kind }) => kind === 'service').map(({ title }) => title)).toEqual([
    'default/s0',
    'default/s1',
    'default/s2',
  ]);
});

test('a rule that was changed by hand is red from end to end, and its service with it', () => {
  const drift = driftAnswer({
    check: 'dnatRules',
    resource: '/firewall',
    severity: 'warning',
    what: 'shop.default.s1.1001.tcp',
  });
  const { lines, nodes } = mapLayout(sceneOf(3, drift), 1000);
  expect(lines.filter(({ kind, tone }) => kind === 'publication' && tone === 'bad').map(({ of }) => of)).toEqual([
    'shop.default.s1.1001.tcp',
  ]);
  expect(
    nodes
      .filter(({ tone }) => tone === 'bad')
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['balancer', 'service']);
});

test('many services are drawn as namespaces, as thick as they are many', () => {
  const services = servicesAnswer({
    unchanged: [...ports(MOST_DRAWN_SERVICES, { namespace: 'payments' }), ...ports(3, { namespace: 'orders' })],
  });
  const scene = mapScene(environmentAnswer(), serviceRows(services, undefined), services);
  const { nodes, lines } = mapLayout(scene, 1000);
  const drawn = nodes.filter(({ kind }) => kind === 'service');
  expect(drawn.map(({ title, lines: [told] }) => [title, told])).toEqual([
    ['payments', `${MOST_DRAWN_SERVICES} ports`],
    ['orders', '3 ports'],
  ]);
  expect(drawn[0]?.href).toBe('#/shop/services?q=shop%2Fpayments%2F');
  const [thick = 0, thin = 0] = lines
    .filter(({ kind }) => kind === 'publication')
    .map(({ strokeWidth }) => strokeWidth);
  expect(thick).toBeGreaterThan(thin);
});

test('of very many namespaces the last are drawn as one', () => {
  const unchanged = Array.from({ length: 60 }, (_, index) =>
    publication('web', { namespace: `n${index}`, port: index + 1 }),
  );
  const services = servicesAnswer({ unchanged });
  const [cluster] = mapScene(environmentAnswer(), serviceRows(services, undefined), services).targets;
  expect(cluster?.entries).toHaveLength(10);
  expect(cluster?.entries.at(-1)).toMatchObject({ title: '51 other namespaces', subtitle: '51 ports' });
});

test('what is held keeps its line, in the tone of what waits for somebody', () => {
  const { rule, ruleName: name } = publication('old');
  const services = servicesAnswer({
    kept: [{ name, code: 'held', reason: '', rule }],
    held: { hash: '0f', rules: [name], reason: 'too many at once' },
  });
  const scene = mapScene(environmentAnswer(), serviceRows(services, undefined), services);
  for (const width of [1000, 380]) {
    const { lines } = mapLayout(scene, width);
    expect(lines.filter(({ kind }) => kind === 'publication').map(({ of, tone }) => [of, tone])).toEqual([
      [name, 'warn'],
    ]);
  }
});

test.each([
  ['ready', 'looking for services'],
  ['provisioning', 'services are published once it is ready'],
  ['deleted', 'services are no longer published'],
  ['released', 'services are no longer looked at'],
] as const)('where no services have been read of one that is %s, its cluster says "%s"', (state, empty) => {
  expect(mapScene(environmentAnswer({ state }), []).targets[0]?.empty).toBe(empty);
});

test('the column of clusters names the jumpbox that stands in it', () => {
  const columns = (spec: object) =>
    mapLayout(mapScene(environmentAnswer({}, spec), []), 1000).labels.flatMap(({ kind, text }) =>
      kind === 'column' ? [text] : [],
    );
  expect(columns({})).toContain('Clusters');
  expect(columns({ jumpbox: aJumpbox })).toContain('Clusters and jumpbox');
});

test('what is being built is told by its steps, and what is adopted is marked', () => {
  const steps = [
    { name: 'publicIp', state: 'done' },
    { name: 'firewall', state: 'running' },
    { name: 'cluster', state: 'pending' },
  ] as const;
  const scene = mapScene(environmentAnswer({ state: 'provisioning', steps }), []);
  expect([scene.frontends.tone, scene.firewall.tone, scene.targets[0]?.tone]).toEqual(['ok', 'busy', 'off']);
  const going = mapScene(environmentAnswer({ state: 'deleting', steps }), []);
  expect([going.frontends.tone, going.firewall.tone, going.targets[0]?.tone]).toEqual(['off', 'busy', 'ok']);
  const { spec } = environmentAnswer();
  const adopted = environmentAnswer({ spec: { ...spec, adopt: { firewall: '/f', clusters: [], fix: [] } } });
  const { nodes } = mapLayout(mapScene(adopted, []), 1000);
  expect(
    nodes
      .filter(({ isForeign }) => isForeign)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['egress', 'firewall', 'frontend']);
});

test('each of several clusters is told by its own step, and by the drift of its own', () => {
  const [first] = environmentAnswer().clusters;
  const clusters = [first!, { ...first!, name: 'green', id: `${first!.id}-green` }];
  const steps = [
    { name: 'cluster', state: 'done' },
    { name: 'cluster:green', state: 'running' },
  ] as const;
  const tones = (scene: ReturnType<typeof mapScene>) => scene.targets.map(({ tone }) => tone);
  expect(tones(mapScene(environmentAnswer({ state: 'provisioning', steps, clusters }), []))).toEqual(['ok', 'busy']);
  const drift = driftAnswer({
    check: 'clusterConfiguration',
    resource: `${first!.id}-GREEN`,
    severity: 'warning',
    what: 'x',
  });
  expect(tones(mapScene(environmentAnswer({ clusters }), [], undefined, drift))).toEqual(['ok', 'bad']);
});

test.each([
  ['routes', '/x/routeTables/t', 'routes'],
  ['egressRules', '/x/azureFirewalls/f', 'egress'],
  ['presence', '/x/providers/Microsoft.Network/publicIPAddresses/a', 'frontends'],
  ['lastWrite', '/x/firewallPolicies/p/ruleCollectionGroups/g', 'firewall'],
  ['ownership', '/x/virtualNetworks/v/subnets/s', 'subnet'],
  ['dnatRules', '/x/azureFirewalls/f', undefined],
  ['presence', '/x/somethingElse/y', undefined],
] as const)('a difference of %s on %s is shown on %s', (check, resource, part) => {
  expect(partOf({ check, resource })).toBe(part);
});

test('whatever there is, nothing lies over anything else, or beyond the edge', () => {
  const answers = fc.record({
    services: fc.nat(60),
    frontends: fc.integer({ min: 1, max: 8 }),
    clusters: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 300, max: 1800 }),
  });
  fc.assert(
    fc.property(answers, ({ services: count, frontends: many, clusters: all, width }) => {
      const frontends = Array.from({ length: many }, (_, index) => `20.0.0.${index}`);
      const [cluster] = environmentAnswer().clusters;
      const clusters = Array.from({ length: all }, (_, index) => ({ ...cluster!, name: `c${index}` }));
      const unchanged = Array.from({ length: count }, (_, index) =>
        publication(`s${index}`, { port: index + 1, cluster: `c${index % all}`, frontend: `20.0.0.${index % many}` }),
      );
      const services = servicesAnswer({ unchanged, frontends });
      const layout = mapLayout(
        mapScene(environmentAnswer({ clusters }), serviceRows(services, undefined), services),
        width,
      );
      const boxes = layout.nodes.filter(({ kind }) => kind !== 'cluster' || width < LEAST_WIDE);
      for (const one of layout.nodes) {
        expect(one.x).toBeGreaterThanOrEqual(0);
        expect(one.x + one.width).toBeLessThanOrEqual(layout.width);
        expect(one.y + one.height).toBeLessThanOrEqual(layout.height);
      }
      boxes.forEach((one, index) => boxes.slice(index + 1).forEach((other) => expect(overlap(one, other)).toBe(false)));
    }),
    { numRuns: 60 },
  );
});

const overlap = (a: MapNode, b: MapNode): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('a text that has no room ends in an ellipsis', () => {
  const ten = (text: string) => text.length * 10;
  expect(fitted('short', 50, ten)).toBe('short');
  expect(fitted('a very long name of a service', 110, ten)).toBe('a very lon…');
  expect(fitted('a very long name', 80, ten)).toBe('a very…');
  expect(fitted('ab', 1, ten)).toBe('a…');
});

test('a jumpbox has its own way in, which is red where somebody has changed its rule', () => {
  const environment = environmentAnswer({}, { jumpbox: aJumpbox });
  const rule = {
    name: 'gatehouse-jumpbox',
    frontend: '20.0.0.1',
    port: 22,
    protocol: 'TCP',
    sources: aJumpbox.sources,
    translatedAddress: '10.42.4.4',
    translatedPort: 22,
  } as const;
  const services = servicesAnswer({ jumpbox: { action: 'none', rule } });
  const toneBy = (...findings: DriftAnswer['findings']) => {
    const scene = mapScene(environment, [], services, driftAnswer(...findings));
    const { lines, nodes } = mapLayout(scene, 1000);
    const box = nodes.find(({ id }) => id === 'jumpbox.shop-jumpbox');
    return [box?.tone, lines.find(({ kind }) => kind === 'publication')?.tone];
  };
  expect(toneBy()).toEqual(['ok', 'ok']);
  expect(toneBy({ check: 'dnatRules', resource: '/f', severity: 'warning', what: rule.name })).toEqual(['ok', 'bad']);
  const { jumpbox } = environment.resources;
  expect(toneBy({ check: 'presence', resource: jumpbox, severity: 'warning', what: 'gone' })).toEqual(['bad', 'bad']);
});

test('each way out is named by the route table of its own subnet', () => {
  const [first] = environmentAnswer().clusters;
  const subnets = [{ id: '/s/search', prefixes: ['10.101.0.0/22'], routeTable: '/t/search-routes' }];
  const clusters = [
    { ...first!, subnets: [{ ...first!.subnets[0]!, routeTable: '/t/orders-routes' }] },
    { ...first!, name: 'search', subnets },
    { ...first!, name: 'none' },
  ];
  const scene = mapScene(environmentAnswer({ clusters }), []);
  const named = mapLayout(scene, 1000).labels.filter(({ id }) => id.startsWith('routes.'));
  expect(named.map(({ id, text }) => [id, text])).toEqual([
    ['routes.shop', 'orders-routes'],
    ['routes.search', 'search-routes'],
  ]);
  expect(scene.routes.names).toEqual(['orders-routes', 'search-routes']);
});
