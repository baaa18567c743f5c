import fc from 'fast-check';
import { redactByShape } from '../../shared/model/redact.ts';
import { redacted } from '../../shared/redact.ts';

const jwt = `eyJ${'a'.repeat(30)}.eyJ${'b'.repeat(40)}.${'c'.repeat(43)}`;
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';
const base64Pem = Buffer.from(pem).toString('base64');

test.each([
  ['a token', `401 for ${jwt}`, '401 for [redacted]'],
  ['an authorization header', 'authorization: Bearer abc123def456ghi789', 'authorization: Bearer [redacted]'],
  [
    "an operation's signed URL",
    'https://management.azure.com/x/operations/1?api-version=2025-07-01&t=638&c=MIIH&s=abc-_&h=xyz failed',
    'https://management.azure.com/x/operations/1?api-version=2025-07-01&t=[redacted]&c=[redacted]&s=[redacted]&h=[redacted] failed',
  ],
  [
    'a function key',
    'POST https://app/api/x?code=abc==&functionName=y',
    'POST https://app/api/x?code=[redacted]&functionName=y',
  ],
  ['a shared access signature', 'https://a.blob/x?sv=2024&sig=a%2Fb%3D', 'https://a.blob/x?sv=2024&sig=[redacted]'],
  [
    'a connection string',
    'AccountName=a;AccountKey=abc==;EndpointSuffix=b',
    'AccountName=a;AccountKey=[redacted];EndpointSuffix=b',
  ],
  [
    'a client secret of a form',
    'grant_type=x&client_secret=abc~1&scope=y',
    'grant_type=x&client_secret=[redacted]&scope=y',
  ],
  [
    'an access token in JSON',
    '{"access_token":"opaque","token_type":"Bearer"}',
    '{"access_token":"[redacted]","token_type":"Bearer"}',
  ],
  ['a key in PEM', `key: ${pem}!`, 'key: [redacted]!'],
  ['a key in PEM in JSON', JSON.stringify({ key: pem }), '{"key":"[redacted]"}'],
  ['a kubeconfig', `client-key-data: ${base64Pem}\n`, 'client-key-data: [redacted]\n'],
  ["a kubeconfig's token", 'token: abcdef0123456789abcdef0123456789', 'token: [redacted]'],
  ['a kubeconfig inside of JSON', JSON.stringify({ a: `token: ${'a1'.repeat(20)}\n` }), '{"a":"token: [redacted]\\n"}'],
])('%s is taken out', (_what, text, expected) => {
  expect(redactByShape(text)).toBe(expected);
});

test.each([
  'The app got no token for Azure: ManagedIdentityCredential: unavailable.',
  'GET /api/environments/shop?force=true&test=1',
  'https://learn.microsoft.com/azure/aks/limit-egress-traffic?tabs=aks-with-system-assigned-identities#x',
  'Basic tier, Bearer of bad news: nothing to hide',
  '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/shop-rg',
])('%s stays as it is', (text) => {
  expect(redactByShape(text)).toBe(text);
});

test('a secret setting is taken out whatever it looks like', () => {
  process.env['GATEHOUSE_SECRET_TEST'] = 'correct horse battery';
  expect(redacted('refused: correct horse battery!')).toBe('refused: [redacted]!');
  delete process.env['GATEHOUSE_SECRET_TEST'];
  expect(redacted('refused: correct horse battery!')).toBe('refused: correct horse battery!');
});

test('applied again it changes nothing, and JSON stays JSON', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(jwt, pem, base64Pem, '?code=', 'token: ', 'client_secret=', '&s=', '"', '\\'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const once = redactByShape(pieces.join(''));
      expect(redactByShape(once)).toBe(once);
      expect(
        () => JSON.parse(redactByShape(JSON.stringify({ text: pieces.join(''), more: pieces }))) as unknown,
      ).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});
