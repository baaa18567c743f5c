import { apiClient, opensWithKey, RefusedError } from '../../cli/apiClient.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

/** What people read when the app refuses a spec. */
async function refusalOf(spec: string): Promise<string> {
  const { api, host } = cloud;
  const refused: unknown = await apiClient(opensWithKey(api, host.keys.function))
    .start(spec)
    .catch((error: unknown) => error);
  if (!(refused instanceof RefusedError)) throw new Error('The app took the spec.');
  return refused.message;
}

test('every problem is a line of its own: where, what, and what to do, in sentences', async () => {
  const lines = (await refusalOf('{ name: Foo_Bar, colour: blue }')).split('\n');
  expect(lines[0]).toBe('The request can not be carried out as it is:');
  expect(lines.slice(1).map((line) => line.split(':')[0]?.trim())).toEqual(expect.arrayContaining(['name', 'colour']));
  expect(lines).toHaveLength(3);
  expect(lines.find((line) => line.startsWith('  name: '))).toMatch(/^ {2}name: "Foo_Bar" .*[^.]\. Use 1 to 40 .*\.$/);
});

test('a problem of the whole text has no path before it', async () => {
  const [heading, ...lines] = (await refusalOf('name: a\nname: b\n')).split('\n');
  expect(heading).toBe('The request can not be carried out as it is:');
  expect(lines).toEqual(['  line 2, column 1: a key appears twice. Keep one of the two.']);
});

test('a refusal without a list of problems says what is wrong and what to do', async () => {
  const { api, host } = cloud;
  await expect(apiClient(opensWithKey(api, host.keys.function)).show('missing')).rejects.toThrow(
    /^[A-Z][^:]+: .*\S\. [A-Z].*\.$/,
  );
});
