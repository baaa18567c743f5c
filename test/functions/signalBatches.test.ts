import fc from 'fast-check';
import { signalBatches } from '../../functions/http/signalBatches.ts';

/** A lane that is told when a test says so. */
function lane() {
  const signals: { readonly id: string; readonly end: (error?: Error) => void }[] = [];
  const send = (id: string) =>
    new Promise<void>((resolve, reject) => {
      signals.push({ id, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { signals, send };
}

/** What has been settled so far shows after the promises that are due have run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('one event is one signal with its id, at once', async () => {
  const { signals, send } = lane();
  const added = signalBatches().add('shop', 'e1', send);
  expect(signals.map(({ id }) => id)).toEqual(['e1']);
  signals[0]?.end();
  await added;
});

test('an id that is too long for a signal is never handed on as it is', async () => {
  const { signals, send } = lane();
  const added = signalBatches().add('shop', 'x'.repeat(150), send);
  expect(signals[0]?.id.length).toBeLessThanOrEqual(100);
  signals[0]?.end();
  await added;
});

test('events that come while a signal is under way share the next one, which begins after it', async () => {
  const { signals, send } = lane();
  const batches = signalBatches();
  const first = batches.add('shop', 'e1', send);
  const others = ['e2', 'e3', 'e4'].map((id) => batches.add('shop', id, send));
  await settle();
  expect(signals).toHaveLength(1);
  signals[0]?.end();
  await first;
  await settle();
  expect(signals).toHaveLength(2);
  // Not the id of one of them: the lane may have applied that one before.
  expect(['e1', 'e2', 'e3', 'e4']).not.toContain(signals[1]?.id);
  signals[1]?.end();
  await Promise.all(others);
});

test('a batch has the same id whatever the order of its events, and another one than any other batch', async () => {
  const idOf = async (ids: readonly string[]) => {
    const { signals, send } = lane();
    const batches = signalBatches();
    const all = ['first', ...ids].map((id) => batches.add('shop', id, send));
    signals[0]?.end();
    await settle();
    signals[1]?.end();
    await Promise.all(all);
    return signals[1]?.id;
  };
  expect(await idOf(['a', 'b'])).toBe(await idOf(['b', 'a', 'a']));
  expect(await idOf(['a', 'b'])).not.toBe(await idOf(['a', 'c']));
});

test('a signal that fails fails its events alone, and the next one is sent', async () => {
  const { signals, send } = lane();
  const batches = signalBatches();
  const first = batches.add('shop', 'e1', send);
  const second = batches.add('shop', 'e2', send);
  signals[0]?.end(new Error('no task hub'));
  await expect(first).rejects.toThrow('no task hub');
  await settle();
  signals[1]?.end();
  await second;
});

test('lanes do not wait for each other', () => {
  const { signals, send } = lane();
  const batches = signalBatches();
  void batches.add('shop', 'e1', send);
  void batches.add('bank', 'e2', send);
  expect(signals.map(({ id }) => id)).toEqual(['e1', 'e2']);
});

test('every event is answered by a signal that began after it came, whatever the timing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (steps) => {
      const { signals, send } = lane();
      const batches = signalBatches();
      const answered: number[] = [];
      const came: number[] = [];
      let ended = 0;
      for (const [index, isEvent] of steps.entries()) {
        if (isEvent) {
          const event = came.push(signals.length) - 1;
          void batches.add('shop', `e${index}`, send).then(() => (answered[event] = ended));
        } else if (ended < signals.length) signals[ended++]?.end();
        await settle();
      }
      while (ended < signals.length) {
        signals[ended++]?.end();
        await settle();
      }
      expect(answered).toHaveLength(came.length);
      came.forEach((begun, event) => expect(answered[event]).toBeGreaterThan(begun));
    }),
  );
});
