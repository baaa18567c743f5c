import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';
import type { DurableApi } from '../durableApi.ts';

/** Another instance, started later, has run to its end while `id` has not begun. */
async function expectNotRun(api: DurableApi, id: string): Promise<void> {
  await api.ended(await api.start('echoes', api.newId('meanwhile'), null));
  assert.equal((await api.status(id)).runtimeStatus, 'Pending');
}

const seenBy = async (api: DurableApi, query: string) =>
  (await api.ended(await api.start('versioned', api.newId('version'), null, query))).output;

export const versions: readonly ConformanceCase[] = [
  {
    name: 'an instance gets the default version of host.json',
    run: async (api) => assert.deepEqual(await seenBy(api, ''), ['1.0', '1.0']),
  },
  {
    name: 'continueAsNew keeps the version an instance was born with',
    run: async (api) => assert.deepEqual(await seenBy(api, 'version=0.9'), ['0.9', '0.9']),
  },
  {
    name: 'a sub-orchestration gets the default version unless the call names one',
    run: async (api) => {
      const id = await api.start('versionedParent', api.newId('version-parent'), null, 'version=0.9');
      assert.deepEqual((await api.ended(id)).output, {
        own: '0.9',
        inherited: ['1.0', '1.0'],
        explicit: ['0.5', '0.5'],
      });
    },
  },
  {
    name: 'CurrentOrOlder does not run an instance of a newer version',
    run: async (api) => {
      const id = await api.start('versioned', api.newId('version-newer'), null, 'version=2.0');
      await expectNotRun(api, id);
    },
  },
];

/** For a host whose host.json says `versionMatchStrategy: Strict`. */
export const strictVersions: readonly ConformanceCase[] = [
  {
    name: 'Strict runs an instance of the same version',
    run: async (api) => assert.deepEqual(await seenBy(api, ''), ['1.0', '1.0']),
  },
  {
    name: 'Strict strands an instance of an older version',
    run: async (api) => {
      const id = await api.start('versioned', api.newId('version-older'), null, 'version=0.9');
      await expectNotRun(api, id);
    },
  },
];
