import { objectsAt, type JsonObject } from '../../../shared/model/json.ts';
import { aJumpbox, articleSpec } from '../../support/spec.ts';
import {
  applied,
  complete,
  emptyFirewall,
  foreignCollection,
  foreignRule,
  frontend,
  plan,
  service,
  withCollection,
} from './ingressScene.ts';

const spec = (changes: object = {}) => articleSpec({ jumpbox: aJumpbox, ...changes });
const ssh = service({ name: 'git', ports: [{ port: 22 }] });
const rules = (collections: readonly unknown[] | undefined) =>
  (collections ?? []).flatMap((one) => objectsAt(one as JsonObject, 'properties', 'rules'));
const written = { name: 'gatehouse-jumpbox', destinationAddresses: [frontend], translatedAddress: '10.42.4.4' };

test('it is planned once, and planning again changes nothing', () => {
  const first = plan({ spec: spec(), lists: [] });
  expect(rules(first.natRuleCollections)).toMatchObject([{ ...written, sourceAddresses: ['203.0.113.0/24'] }]);
  const second = plan({ spec: spec(), lists: [], firewall: applied(emptyFirewall, first) });
  expect([second.jumpbox?.action, second.natRuleCollections]).toEqual(['none', undefined]);
});

test('a service that has its place gives it up, whatever its age', () => {
  const before = plan({ lists: [complete(ssh)] });
  expect(rules(before.natRuleCollections)).toHaveLength(1);
  const after = plan({ spec: spec(), lists: [complete(ssh)], firewall: applied(emptyFirewall, before) });
  expect(rules(after.natRuleCollections)).toMatchObject([written]);
  expect(after.conflicts).toMatchObject([{ service: 'git', holder: 'gatehouse-jumpbox', published: false }]);
});

test('a foreign rule in its place stays, and is told', () => {
  const theirs = foreignCollection([foreignRule({ destinationPorts: ['22'] })], 'others');
  const firewall = withCollection(emptyFirewall, theirs);
  const { natRuleCollections, problems, jumpbox } = plan({ spec: spec(), lists: [], firewall });
  expect([natRuleCollections, jumpbox?.action]).toEqual([undefined, 'none']);
  expect(problems).toMatchObject([
    { code: 'jumpbox-port-taken', message: expect.stringContaining('others/inboundrule') },
  ]);
});

test('ingress.policy report keeps the rules of services from being written, and not its own', () => {
  const { natRuleCollections, created } = plan({
    spec: spec({ ingress: { policy: 'report' } }),
    lists: [complete(service({ name: 'web' }))],
  });
  expect(created).toHaveLength(1);
  expect(rules(natRuleCollections)).toMatchObject([written]);
});

test('it goes with the spec, and the rules of services stay', () => {
  const lists = [complete(service({ name: 'web' }))];
  const both = plan({ spec: spec(), lists });
  const { natRuleCollections, jumpbox } = plan({ lists, firewall: applied(emptyFirewall, both) });
  expect(jumpbox).toEqual({ action: 'delete' });
  expect(rules(natRuleCollections)).toMatchObject([{ destinationPorts: ['80'] }]);
});
