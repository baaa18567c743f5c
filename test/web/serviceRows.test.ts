import { filteredRows, openness, serviceRows, stateCounts } from '../../web/model/serviceRows.ts';
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

test('a rule that stands is told where it stands, also where its service is not known or asks for what can’t be', () => {
  const { rule } = publication('unread');
  const unread = 'the services of shop are not known, so nothing of it is deleted.';
  const answer = servicesAnswer({
    skipped: [skipped('wrong', 'invalid-sources'), skipped('gone', 'opted-out')],
    kept: [
      { name: rule.name, code: 'list-failed', reason: unread, rule },
      {
        name: 'shop.default.wrong.80.tcp',
        code: 'invalid-sources',
        reason: 'because',
        rule: publication('wrong').rule,
      },
      { name: 'shop.default.edited.80.tcp', code: 'list-failed', reason: unread },
    ],
    deleted: [{ name: 'shop.default.gone.80.tcp', code: 'opted-out', reason: 'it opts out.', rule }],
  });
  const rows = serviceRows(answer, undefined);
  expect(rows.map(({ service, state, target }) => [service, state, target])).toEqual([
    ['edited', 'kept', undefined],
    ['gone', 'pending', '10.42.1.200:80'],
    ['unread', 'kept', '10.42.1.200:80'],
    ['wrong', 'kept', '10.42.1.200:80'],
  ]);
  expect(rows.find(({ service }) => service === 'unread')).toMatchObject({ frontend: '20.0.0.1', reason: unread });
  expect(rows.find(({ service }) => service === 'gone')?.reason).toBe('Is deleted: it opts out.');
});

test('what is held says why, without the hash that the button knows', () => {
  const name = 'shop.default.old.80.tcp';
  const answer = servicesAnswer({
    kept: [{ name, code: 'held', reason: 'Too many. Approve plan 0f to have it deleted.' }],
    held: { hash: '0f', rules: [name], reason: 'Too many.' },
  });
  expect(serviceRows(answer, undefined)).toMatchObject([{ state: 'held', reason: 'Too many.' }]);
});

test('a port that everybody reaches says so before it is clicked on', () => {
  const open = publication('open', { warnings: ['The port is open to the whole Internet.'] });
  const some = publication('some', { warnings: ['Its client IP is lost.'] });
  const shut = publication('shut');
  const sources = ['198.51.100.0/24'];
  const rows = serviceRows(
    servicesAnswer({ unchanged: [open, ...[some, shut].map((one) => ({ ...one, rule: { ...one.rule, sources } }))] }),
    undefined,
  );
  expect(rows.map((row) => [row.service, openness(row)])).toEqual([
    ['open', 'to everybody'],
    ['shut', undefined],
    ['some', 'with a warning'],
  ]);
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
