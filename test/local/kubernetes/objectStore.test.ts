import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../local/kubernetes/objects.ts';
import { openObjectStore, type ObjectStore } from '../../../local/kubernetes/objectStore.ts';

const object = (namespace: string, name: string, label: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    namespace,
    name,
    uid: name,
    resourceVersion: '',
    creationTimestamp: '2026-11-22T10:00:00Z',
    labels: { label },
  },
});

const step = fc.record({
  remove: fc.boolean(),
  namespace: fc.constantFrom('a', 'a-b', 'b'),
  name: fc.constantFrom('web', 'web-api', 'w'),
  label: fc.constantFrom('x', 'y'),
});

/** Carries out one step; a removal of what isn't there does nothing. */
function take(
  store: ObjectStore,
  { remove, namespace, name, label }: { remove: boolean; namespace: string; name: string; label: string },
) {
  const held = store.get('services', namespace, name);
  if (!remove) store.put('services', object(namespace, name, label));
  else if (held !== undefined) store.remove('services', held);
}

test('whatever happens, every remembered revision lists what it listed then, and watchers can follow from it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = openObjectStore();
      const seen = new Map([[store.revision, store.list('services')]]);
      for (const one of steps) {
        take(store, one);
        seen.set(store.revision, store.list('services'));
      }
      for (const [revision, listed] of seen) {
        expect(store.listAt('services', revision)).toEqual(listed);
        const followed = new Map(listed.map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one]));
        for (const { before, after } of store.changesSince('services', revision) ?? []) {
          const { namespace, name } = (after ?? before)?.metadata ?? { namespace: '', name: '' };
          if (after === undefined) followed.delete(`${namespace}/${name}`);
          else followed.set(`${namespace}/${name}`, after);
        }
        const now = [...followed.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
        expect(now).toEqual(store.list('services'));
      }
    }),
  );
});

describe('kept in a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-objects-'));
  const path = join(directory, 'objects.jsonl');
  afterAll(() => rmSync(directory, { recursive: true }));

  test('survives a kill in the middle of a write: the torn line is as if it had not been', () => {
    const killed = openObjectStore(directory);
    killed.put('services', object('a', 'web', 'x'));
    killed.remove('services', killed.put('services', object('a', 'gone', 'x')));
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"revision":9,"resource":"serv`);
    const store = openObjectStore(directory);
    expect(store.list('services').map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(store.revision).toBe(3);
    expect(store.listAt('services', 1)).toBeUndefined();
    store.put('services', object('a', 'more', 'x'));
    expect(openObjectStore(directory).revision).toBe(4);
  });

  test('refuses to start from a damaged file', () => {
    writeFileSync(path, 'nonsense\n{}\n');
    expect(() => openObjectStore(directory)).toThrow(/objects\.jsonl, line 1, is not JSON.*Remove the directory/);
  });
});
