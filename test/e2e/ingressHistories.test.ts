import fc from 'fast-check';
import { startTestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, type Rule } from '../support/shop.ts';

const names = ['a', 'b', 'c', 'd'] as const;
const name = fc.constantFrom(...names);
const port = fc.constantFrom(80, 443, 8080, 64_000);
const range = fc.constantFrom('198.51.100.0/24', '203.0.113.4', 'everybody', '10.0.0.0/33', '');

/** What people do to services, and behind Gatehouse's back to the firewall. */
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('apply' as const), name, port }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('annotate' as const), name, range }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), port: fc.constantFrom('1', '2') }) },
);

const foreignRule = (frontend: string, destination: string) => ({
  name: 'theirs',
  protocols: ['TCP'],
  sourceAddresses: ['198.51.100.7'],
  destinationAddresses: [frontend],
  destinationPorts: [destination],
  sourceIpGroups: [],
  translatedAddress: '10.42.1.200',
  translatedPort: '22',
});

const placeOf = ({ destinationAddresses, destinationPorts }: Rule) =>
  `${destinationAddresses[0]}:${destinationPorts[0]}`;
const isSafe = (source: string) => source === '*' || /^(198\.51\.100\.0\/24|203\.0\.113\.4\/32)$/.test(source);

test('whatever happens to services and firewall, one sync makes them true to each other and the next writes nothing', async () => {
  const cloud = await startTestCloud();
  try {
    const shop = await createShop(cloud, { ingress: { maxDeletes: { count: 100, percent: 100 } } });
    const { body } = await cloud.call('GET', '/environments/shop/services');
    const [frontend = ''] = (body as unknown as { frontends: string[] }).frontends;
    const collections = async () =>
      (
        (await cloud.control('GET', `/state${FIREWALL}`)) as {
          properties: { natRuleCollections: { name: string; properties: { rules: object[]; priority: number } }[] };
        }
      ).properties.natRuleCollections.map(({ name: title, properties: { rules, priority } }) => ({
        name: title,
        properties: { rules, priority },
      }));
    const alive = new Set<string>();
    let most = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 6 }), async (actions) => {
        for (const one of actions) {
          if (one.do === 'apply' && !alive.has(one.name)) {
            await shop.apply(one.name, { ports: [{ port: one.port }] });
            alive.add(one.name);
          } else if (one.do === 'annotate' && alive.has(one.name)) {
            await shop.annotate(one.name, { 'gatehouse.dev/sources': one.range === '' ? null : one.range });
          } else if (one.do === 'remove' && alive.has(one.name)) {
            await shop.remove(one.name);
            alive.delete(one.name);
            await shop.gone(one.name);
          } else if (one.do === 'edit') {
            const rules = [foreignRule(frontend, one.port)];
            const theirs = { properties: { priority: 300, action: { type: 'Dnat' }, rules } };
            await cloud.control('PUT', `/state${FIREWALL}/natRuleCollections/theirs`, theirs);
          }
        }
        for (const one of alive) await shop.addressed(one);
        const theirs = (await collections()).find(({ name: title }) => title === 'theirs');
        await shop.sync();
        const rules = await shop.rules();
        most = Math.max(most, rules.length);
        const writes = await shop.firewallWrites();
        expect((await shop.sync()).sync?.report).toMatchObject({ created: 0, updated: 0, deleted: 0, wrote: false });
        expect(await shop.firewallWrites()).toBe(writes);
        expect((await collections()).find(({ name: title }) => title === 'theirs')?.properties).toEqual(
          theirs?.properties,
        );
        expect(new Set(rules.map(placeOf)).size).toBe(rules.length);
        expect(
          rules.map(({ name: title }) => title.split('.')[2]).filter((service = '') => !alive.has(service)),
        ).toEqual([]);
        expect(rules.flatMap(({ sourceAddresses }) => sourceAddresses).filter((source) => !isSafe(source))).toEqual([]);
      }),
      {
        numRuns: 15,
        // Comes first: what is random alone might publish next to nothing.
        examples: [
          [
            [
              { do: 'apply', name: 'a', port: 80 },
              { do: 'apply', name: 'b', port: 443 },
            ],
          ],
        ],
      },
    );
    // Otherwise nothing would have been tried.
    expect(most).toBeGreaterThan(1);
  } finally {
    await cloud.close();
  }
}, 60_000);
