import type { InstanceState } from '../../../../local/host/durable/instanceState.ts';
import { instances } from '../../../../local/host/durable/instances.ts';
import { memoryStore } from '../../../../local/host/durable/store.ts';

const finished = (instanceId: string, output: unknown, isChild = false): InstanceState => ({
  head: {
    instanceId,
    executionId: 'e',
    name: 'test',
    version: null,
    input: null,
    createdTime: '2026-01-01T00:00:00.000Z',
    ...(isChild && { parent: { instanceId: 'parent', executionId: 'p', taskId: 0 } }),
  },
  status: 'Completed',
  customStatus: null,
  output,
  updatedTime: '2026-01-01T00:00:01.000Z',
  inbox: [],
  firstBatch: 0,
  history: [],
});

function table() {
  const store = memoryStore();
  const all = instances(store);
  return {
    store,
    all,
    finish: (state: InstanceState) => {
      store.retire(state);
      all.finish(state);
    },
  };
}

describe('finished instances in memory', () => {
  it('keep their status, and lose their history when a hundred others have finished since', () => {
    const { store, all, finish } = table();
    for (let index = 0; index < 101; index++) finish(finished(`i${index}`, index));
    expect(store.read('i0')).toBeUndefined();
    expect(store.read('i1')).toBeDefined();
    expect(all.status('i0')).toMatchObject({ runtimeStatus: 'Completed', output: 0 });
  });

  it('lose outputs that are large, when many others have finished since', () => {
    const { all, finish } = table();
    const large = 'x'.repeat(10_000);
    for (let index = 0; index < 301; index++) finish(finished(`i${index}`, large));
    expect(all.status('i0')).toMatchObject({ runtimeStatus: 'Completed', output: null });
    expect(all.status('i300')).toMatchObject({ output: large });
  });

  it('are not pushed out by sub-orchestrations', () => {
    const { all, finish } = table();
    const large = 'x'.repeat(10_000);
    finish(finished('top', large));
    for (let index = 0; index < 301; index++) finish(finished(`c${index}`, large, true));
    expect(all.status('top')).toMatchObject({ output: large });
    expect(all.status('c0')).toMatchObject({ output: null });
  });

  it('are forgotten, if they were sub-orchestrations, when a thousand others have finished since', () => {
    const { all, finish } = table();
    finish(finished('top', null));
    for (let index = 0; index < 1_001; index++) finish(finished(`c${index}`, null, true));
    expect(all.status('c0')).toBeUndefined();
    expect(all.status('c1')).toMatchObject({ parentInstanceId: 'parent' });
    expect(all.status('top')).toBeDefined();
    expect(all.index()).toHaveLength(1_001);
  });
});
