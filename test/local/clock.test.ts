import { VirtualClock, scaledClock } from '../../local/clock.ts';

describe('virtual time', () => {
  it('jumps from one due time to the next while nobody is busy', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    for (const time of [3_000, 1_000, 2_000]) clock.at(time, () => seen.push(clock.now()));
    await clock.sleep(4_000);
    expect(seen).toEqual([1_000, 2_000, 3_000]);
    expect(clock.now()).toBe(4_000);
  });

  it('keeps the order in which callbacks for the same time were asked for', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.at(1_000, () => seen.push('first'));
    clock.at(1_000, () => seen.push('second'));
    await clock.sleep(1_000);
    expect(seen).toEqual(['first', 'second']);
  });

  it('stands still while somebody is busy', async () => {
    const clock = new VirtualClock(0);
    const release = clock.busy();
    let due = false;
    clock.at(1, () => (due = true));
    for (let round = 0; round < 10; round++) await new Promise(setImmediate);
    expect(due).toBe(false);
    release();
    release();
    await clock.sleep(1);
    expect(due).toBe(true);
  });

  it('lets time pass for a busy caller whose slow answers pause, and holds it again when all have woken', async () => {
    const clock = new VirtualClock(0);
    const release = clock.busy();
    await Promise.all([clock.pause(5_000), clock.pause(3_000)]);
    expect(clock.now()).toBe(5_000);
    let due = false;
    clock.at(6_000, () => (due = true));
    for (let round = 0; round < 10; round++) await new Promise(setImmediate);
    expect(due).toBe(false);
    release();
  });

  it('takes no hold away from others when a sleeper holds none itself', async () => {
    const clock = new VirtualClock(0);
    await clock.sleep(1_000);
    const release = clock.busy();
    let due = false;
    clock.at(2_000, () => (due = true));
    for (let round = 0; round < 10; round++) await new Promise(setImmediate);
    expect(due).toBe(false);
    release();
  });

  it('forgets what was cancelled', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    clock.at(1_000, () => (fired = true))();
    await clock.sleep(2_000);
    expect(fired).toBe(false);
  });

  it('takes due times of the past without going back', async () => {
    const clock = new VirtualClock(10_000);
    const at = await new Promise<number>((resolve) => clock.at(1, () => resolve(clock.now())));
    expect(at).toBe(10_000);
  });
});

describe('scaled time', () => {
  it('is never early', async () => {
    const clock = scaledClock(1_000);
    const due = clock.now() + 20_000;
    const fired = await new Promise<number>((resolve) => clock.at(due, () => resolve(clock.now())));
    expect(fired).toBeGreaterThanOrEqual(due);
  });

  it('agrees with another clock of the same anchor', () => {
    const anchor = { wall: Date.now() - 1_000, time: 0 };
    const [a, b] = [scaledClock(60, anchor), scaledClock(60, anchor)];
    expect(Math.abs(a.now() - b.now())).toBeLessThanOrEqual(60 * 1_000);
    expect(a.now()).toBeGreaterThanOrEqual(60_000);
  });
});
