import { authorizedRanges } from '../../../shared/desired/authorizedRanges.ts';
import { NoRangesError, TooManyRangesError } from '../../../shared/model/errors.ts';

const none = { frontends: [], outboundRanges: [], grants: [] };
const addresses = (count: number) =>
  Array.from({ length: count }, (_, index) => `20.1.${index >> 8}.${index & 255}/32`);

test('frontends, own addresses and grants, in canonical form', () => {
  expect(
    authorizedRanges({
      frontends: ['20.62.10.30'],
      outboundRanges: ['20.1.2.0/24'],
      grants: [{ cidr: '20.9.9.9/32' }],
    }),
  ).toEqual(['20.62.10.30/32', '20.1.2.0/24', '20.9.9.9/32']);
});

test('foreign entries stay, and what they cover is no change', () => {
  const existing = ['20.0.0.0/8', '1.2.3.4'];
  expect(authorizedRanges({ ...none, frontends: ['20.62.10.30', '1.2.3.4'], existing })).toEqual(existing);
});

test('the same range from two sources is there once', () => {
  expect(authorizedRanges({ ...none, frontends: ['20.1.2.3'], outboundRanges: ['20.1.2.3/32'] })).toEqual([
    '20.1.2.3/32',
  ]);
});

test('an empty list would open the API server', () => {
  expect(() => authorizedRanges(none)).toThrow(NoRangesError);
});

test('200 ranges are taken, 201 are not', () => {
  expect(authorizedRanges({ ...none, outboundRanges: addresses(200) })).toHaveLength(200);
  expect(() => authorizedRanges({ ...none, outboundRanges: addresses(201) })).toThrow(TooManyRangesError);
});

test('a longer list that is there already is left alone', () => {
  const existing = addresses(300);
  expect(authorizedRanges({ ...none, frontends: ['20.1.0.7'], existing })).toEqual(existing);
  expect(() => authorizedRanges({ ...none, frontends: ['99.1.0.7'], existing })).toThrow(TooManyRangesError);
});
