// `npm run bench:ingress`: how soon a change of a service is written, what a burst of changes costs, and whether a storm of
// events is answered. The cloud runs in virtual time, so waits for Azure and the quiet period take no time of the clock on
// the wall: what is measured in milliseconds is this machine's own work, in one process with local Azure and the sender.
import { VirtualClock } from '../local/clock.ts';
import { FIREWALL, startShop } from './shop.ts';
import { columns, percentile, round } from './statistics.ts';

const REPEATS = 20;
const BURST = 100;
const BURST_SECONDS = 60;
const STORM = 1000;
const STORM_MS = 1000;
/** The contract's numbers. */
const MOST_EVENT_TO_WRITE_MS = 1000;
const MOST_WRITES = 2;
const MOST_STORM_P99_MS = 250;

const clock = new VirtualClock();
const shop = await startShop({ clock, seed: 1 });
const nodeGroup = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/MC_shop-rg_shop_eastus';
let events = 0;

const eventToWriteMs = await changes();
const burst = await burstOfChanges();
const storm = await stormOfEvents();
await shop.close();

const figures = {
  eventToWriteP95Ms: round(percentile(eventToWriteMs, 0.95)),
  burstWrites: burst.writes,
  stormWrites: storm.writes,
  stormP99Ms: round(percentile(storm.milliseconds, 0.99)),
};
const ok =
  figures.eventToWriteP95Ms <= MOST_EVENT_TO_WRITE_MS &&
  figures.burstWrites <= MOST_WRITES &&
  figures.stormWrites <= MOST_WRITES &&
  figures.stormP99Ms <= MOST_STORM_P99_MS &&
  storm.refused === 0;
console.log(`
                                                    median      p95      p99
event to the firewall write, own time, ms         ${columns(eventToWriteMs, [0.5, 0.95, 0.99])}
${STORM} events in a second, answered after ms        ${columns(storm.milliseconds, [0.5, 0.95, 0.99])}

${BURST} changes over ${BURST_SECONDS} s: ${burst.writes} firewall writes, everything published ${burst.seconds} s after the first change
${STORM} events with one change behind them: ${storm.writes} firewall write(s), ${storm.refused} events refused`);
console.log(JSON.stringify({ bench: 'ingress', figures, ok }));
process.exit(ok ? 0 : 1);

/** One change at a time: from the delivery of its event to the arrival of the firewall's PUT at local Azure. */
async function changes(): Promise<number[]> {
  await publishAndWait('web', 80, 1);
  const times: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = await firewallWrites();
    const release = shop.hold();
    // Nothing of this reaches ARM, so the event below is the first that tells of it.
    await shop.annotate('web', { 'gatehouse.dev/sources': `198.51.100.${repeat}/32` });
    const began = performance.now();
    await deliver();
    release();
    while ((await firewallWrites()) === before) await new Promise((resolve) => setImmediate(resolve));
    times.push(performance.now() - began);
    await shop.until(({ sync }) => sync?.running === false);
  }
  return times;
}

async function burstOfChanges(): Promise<{ writes: number; seconds: number }> {
  const before = await firewallWrites();
  const began = clock.now();
  for (let index = 0; index < BURST; index++) {
    const release = shop.hold();
    await shop.publish(`burst-${index}`, 8000 + index);
    release();
    await clock.sleep((BURST_SECONDS * 1000) / BURST);
  }
  await shop.until(({ counts }) => counts.publications === BURST + 1);
  const seconds = Math.round((clock.now() - began) / 1000);
  await shop.until(({ sync }) => sync?.running === false);
  return { writes: (await firewallWrites()) - before, seconds };
}

async function stormOfEvents(): Promise<{ writes: number; refused: number; milliseconds: number[] }> {
  const before = await firewallWrites();
  const release = shop.hold();
  await shop.annotate('web', { 'gatehouse.dev/sources': '198.51.100.200/32' });
  const milliseconds: number[] = [];
  let refused = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: STORM }, async (_, index) => {
      const due = began + (index * STORM_MS) / STORM;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      const sent = performance.now();
      if ((await deliver()) >= 300) refused++;
      milliseconds.push(performance.now() - sent);
    }),
  );
  const { syncs } = (await shop.status()).counts;
  release();
  await shop.until(({ counts, sync }) => counts.syncs > syncs && sync?.running === false);
  return { writes: (await firewallWrites()) - before, refused, milliseconds };
}

async function publishAndWait(name: string, port: number, count: number): Promise<void> {
  await shop.publish(name, port);
  await shop.until(({ counts, sync }) => counts.publications === count && sync?.running === false);
}

async function firewallWrites(): Promise<number> {
  return (await shop.requests()).filter(({ method, path }) => method === 'PUT' && path === FIREWALL).length;
}

/** One event as Event Grid delivers it. @returns the status of the answer */
async function deliver(): Promise<number> {
  const { host } = shop.cloud;
  const response = await fetch(`${host.origin}/runtime/webhooks/eventgrid?functionName=loadBalancerChanged`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'aeg-event-type': 'Notification',
      'x-functions-key': host.keys.eventGrid,
    },
    body: JSON.stringify([
      {
        id: `bench-${++events}`,
        subject: `${nodeGroup}/providers/Microsoft.Network/loadBalancers/kubernetes`,
        eventType: 'Microsoft.Resources.ResourceWriteSuccess',
        eventTime: new Date(clock.now()).toISOString(),
        data: { operationName: 'Microsoft.Network/loadBalancers/write' },
        dataVersion: '2',
        metadataVersion: '1',
        topic: nodeGroup.split('/resourceGroups')[0],
      },
    ]),
  });
  await response.arrayBuffer();
  return response.status;
}
