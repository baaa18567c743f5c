import type { Json } from '../../../../local/azure/json.ts';
import { differences, type RecordedAnswer } from './compare.ts';
import { correspondence } from './correspondence.ts';

const FIRST = '11111111-1111-1111-1111-111111111111';
const SECOND = '22222222-2222-2222-2222-222222222222';
const THIRD = '33333333-3333-3333-3333-333333333333';
const OPERATION = 'https://management.example/subscriptions/s/providers/N/locations/eastus/operations';

const answer = (body: Json, headers: Record<string, string> = {}, status = 200): RecordedAnswer => ({
  status,
  headers,
  body,
});

const found = (recorded: RecordedAnswer, local: RecordedAnswer, known = correspondence()) =>
  differences(recorded, { ...local, headers: new Headers(local.headers) }, known).map(({ aspect, kind, path }) =>
    `${aspect} ${kind} ${path}`.trim(),
  );

describe('the comparison of two answers', () => {
  test('finds nothing in what differs in ids, etags and times alone', () => {
    const body = (id: string, time: string) => ({ value: [{ id: `/a/${id}`, etag: `W/"${id}"`, startTime: time }] });
    expect(found(answer(body(FIRST, '2020-01-01T00:00:00.12Z')), answer(body(SECOND, '2026-01-01T00:00:00Z')))).toEqual(
      [],
    );
  });

  test('notices another status, and then nothing else', () => {
    expect(found(answer({ a: 1 }), answer({ error: { code: 'NotFound' } }, {}, 404))).toEqual(['status other']);
  });

  test('notices headers that are missing or too many', () => {
    const recorded = { etag: 'W/"1"', 'x-ms-ratelimit-remaining-subscription-writes': '199', server: 'real' };
    const local = { 'retry-after': '10', 'x-ms-ratelimit-remaining-subscription-writes': '7', date: 'now' };
    expect(found(answer(null, recorded), answer(null, local))).toEqual([
      'header extra retry-after',
      'header missing etag',
    ]);
  });

  test('notices operation URLs that lead elsewhere, whatever host, operation and signature', () => {
    const url = (path: string) => ({ 'azure-asyncoperation': path });
    const recorded = answer(null, url(`${OPERATION}/1?api-version=2020-01-01&t=1`));
    const moved = OPERATION.replace('operations', 'nfvOperations');
    expect(
      found(
        recorded,
        answer(
          null,
          url('http://127.0.0.1:1/subscriptions/s/providers/N/locations/eastus/operations/2?api-version=2020-01-01'),
        ),
      ),
    ).toEqual([]);
    expect(found(recorded, answer(null, url(`${moved}/1?api-version=2020-01-01`)))).toEqual([
      'header other azure-asyncoperation',
    ]);
  });

  test('notices states, members, types and values', () => {
    const recorded = {
      properties: { provisioningState: 'Updating', a: 1, b: 'x', gone: [], list: [{ c: 1 }, { c: 2 }] },
    };
    const local = { properties: { provisioningState: 'Succeeded', a: '1', b: 'y', come: {}, list: [{ c: 1 }] } };
    expect(found(answer(recorded), answer(local))).toEqual([
      'state other properties.provisioningState',
      'body other properties.a',
      'value other properties.b',
      'body missing properties.gone',
      'body missing properties.list[]',
      'body extra properties.come',
    ]);
  });

  test('notices an etag that stays where it changed, and one that changes where it stayed', () => {
    const known = correspondence();
    const etag = (id: string) => answer({ etag: id });
    expect(found(etag(FIRST), etag(THIRD), known)).toEqual([]);
    expect(found(etag(SECOND), etag(THIRD), known)).toEqual(['value other etag']);
    expect(found(etag(FIRST), etag(SECOND), known)).toEqual(['value other etag']);
    expect(found(etag(FIRST), etag(THIRD), known)).toEqual([]);
    const header = (value: string) => answer(null, { etag: value });
    expect(found(header(`W/"${FIRST}"`), header(`W/"${THIRD}"`), known)).toEqual([]);
    expect(found(header(`W/"${FIRST}"`), header(`"${THIRD}"`), known)).toEqual(['header other etag']);
    expect(found(header(`W/"${FIRST}"`), header(`W/"${SECOND}"`), known)).toEqual(['header other etag']);
  });

  test('notices errors that are wrapped otherwise, and other codes and members, but not other words', () => {
    const wrapped = (members: Record<string, Json>) =>
      answer({ error: { code: 'A', message: 'm', ...members } }, {}, 400);
    expect(found(wrapped({}), wrapped({ message: 'other words' }))).toEqual([]);
    expect(found(wrapped({}), wrapped({ code: 'B' }))).toEqual(['error other']);
    expect(found(wrapped({}), wrapped({ details: [] }))).toEqual(['error other']);
    expect(found(wrapped({}), answer({ code: 'A', message: 'm' }, {}, 400))).toEqual(['error other']);
  });
});

test('a recorded request is sent in local terms once its ids have been seen', () => {
  const known = correspondence({ '1.17.13': '1.33.6' });
  known.matches(`/ids/${FIRST}`, `/ids/${SECOND}`, 'id');
  expect(known.toLocal(`{"id":"/ids/${FIRST}","version":"1.17.13"}`)).toBe(
    `{"id":"/ids/${SECOND}","version":"1.33.6"}`,
  );
});
