import fc from 'fast-check';
import { principalIn } from '../../../functions/http/clientPrincipal.ts';

const header = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const principal = (...claims: [typ: string, val: string][]) =>
  header({ auth_typ: 'aad', claims: claims.map(([typ, val]) => ({ typ, val })) });

test("a user's object id, name and roles are read, under either name of each claim", () => {
  const expected = { id: 'o1', name: 'alice@example.com', roles: ['Reader', 'Owner'] };
  const short = principal(
    ['oid', 'o1'],
    ['preferred_username', 'alice@example.com'],
    ['roles', 'Reader'],
    ['roles', 'Owner'],
  );
  const role = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
  const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
  const long = principal(
    [OBJECT_ID, 'o1'],
    [upn, 'alice@example.com'],
    [role, 'Reader'],
    [role, 'Owner'],
    [role, 'Owner'],
  );
  expect(principalIn(short)).toEqual(expected);
  expect(principalIn(long)).toEqual(expected);
});

test('an application has its client id for a name', () => {
  expect(principalIn(principal([OBJECT_ID, 'o2'], ['appid', 'a2'], ['roles', 'Operator']))).toEqual({
    id: 'o2',
    name: 'a2',
    roles: ['Operator'],
  });
});

test('roles of others, groups and wishes are none of ours', () => {
  const claims = principal(
    [OBJECT_ID, 'o1'],
    ['roles', 'owner'],
    ['groups', 'Owner'],
    ['wids', 'Owner'],
    ['scp', 'Owner'],
  );
  expect(principalIn(claims)?.roles).toEqual([]);
});

test.each([
  ['nothing', null],
  ['an empty header', ''],
  ['no base64 of JSON', 'Owner'],
  ['a principal of another provider', header({ auth_typ: 'github', claims: [{ typ: 'oid', val: 'o1' }] })],
  ['a principal without an object id', principal(['roles', 'Owner'])],
  ['an empty object id', principal(['oid', ''], ['roles', 'Owner'])],
  ['claims that are none', header({ auth_typ: 'aad', claims: 'Owner' })],
  ['an endless header', principal(['oid', 'x'.repeat(40_000)])],
])('%s is no sign-in', (_what, given) => {
  expect(principalIn(given)).toBeUndefined();
});

test('nothing that may be sent makes it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => Buffer.from(text).toString('base64')),
      ),
      (given) => {
        expect(principalIn(given)?.id).not.toBe('');
      },
    ),
  );
});
