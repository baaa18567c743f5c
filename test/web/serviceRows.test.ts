import { filteredRows, serviceRows, stateCounts } from '../../web/model/serviceRows.ts';
import { driftAnswer, publication, servicesAnswer } from '../support/pageAnswers.ts';

const skipped = (service: string, code: 'invalid-sources' | 'opted-out' | 'no-address') => {
  const { rule: _rule, warnings: _warnings, ...ref } = publication(service);
  return { ...ref, code, reason: `because ${code}`, keepsRule: false };
};
const lost = (what: string) => ({ check: 'dnatRules', resource: '/firewall', severity: 'warning', what }) as const;

test('each service port is in the state that its plan and the drift make', () => {
  const answer = servicesAnswer({
    unchanged: [publication('stands'), publication('edited')],
    created: [publication('new')],
    skipped: [skipped('wrong', 'invalid-sources'), skipped('quiet', 'opted-out'), skipped('young', 'no-address')],
    kept: [{ name: 'shop.default.gone.80.tcp', code: 'held', reason: 'too many at once' }],
    held: { hash: '0f', rules: ['shop.default.gone.80.tcp'], reason: 'too many at once' },
    deleted: [{ name: 'shop.default.old.80.tcp', code: 'service-gone', reason: 'the service is gone' }],
  });
  const rows = serviceRows(answer, driftAnswer(lost('shop.default.edited.80.tcp')));
  expect(Object.fromEntries(rows.map(({ service, state }) => [service, state]))).toEqual({
    edited: 'drifted',
    gone: 'held',
    new: 'pending',
    old: 'pending',
    quiet: 'unpublished',
    stands: 'published',
    wrong: 'blocked',
    young: 'pending',
  });
  expect(rows.map(({ service }) => service)).toEqual([...rows.map(({ service }) => service)].sort());
});

test('a rule that follows from a service is no drift', () => {
  const answer = servicesAnswer({ created: [publication('new')] });
  const rows = serviceRows(answer, driftAnswer({ ...lost('shop.default.new.80.tcp'), reason: 'services' }));
  expect(rows.map(({ state }) => state)).toEqual(['pending']);
});

test('a rule without a service is told by its name, whatever that is', () => {
  const kept = [{ name: 'unusual', code: 'policy', reason: 'upsert-only' } as const];
  expect(serviceRows(servicesAnswer({ kept }), undefined)).toMatchObject([
    { key: 'unusual', cluster: 'unusual', port: 0 },
  ]);
});

describe('a search', () => {
  const rows = serviceRows(
    servicesAnswer({
      unchanged: [
        publication('web', { namespace: 'payments', port: 443 }),
        publication('api', { namespace: 'payments', port: 8080, frontend: '20.0.0.2' }),
        publication('web', { namespace: 'orders', cluster: 'blue' }),
      ],
      skipped: [skipped('wrong', 'invalid-sources')],
    }),
    undefined,
  );
  const found = (query: string) => filteredRows(rows, query).map(({ namespace, service }) => `${namespace}/${service}`);

  test.each([
    ['', ['orders/web', 'default/wrong', 'payments/api', 'payments/web']],
    ['WEB', ['orders/web', 'payments/web']],
    ['payments/', ['payments/api', 'payments/web']],
    ['shop/payments/ 443', ['payments/web']],
    ['20.0.0.2', ['payments/api']],
    ['blocked', ['default/wrong']],
    ['nothing like it', []],
  ])('for "%s" finds those that hold every word of it', (query, services) => {
    expect(found(query)).toEqual(services);
  });

  test('can be for a state beside words', () => {
    expect(filteredRows(rows, 'default', 'blocked')).toHaveLength(1);
    expect(filteredRows(rows, 'payments', 'blocked')).toEqual([]);
    expect([...stateCounts(rows)]).toEqual([
      ['published', 3],
      ['blocked', 1],
    ]);
  });
});
