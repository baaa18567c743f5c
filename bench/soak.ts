// `npm run bench:soak`: 24 simulated hours in which a service comes, changes or goes every minute. In virtual time; the heap
// is measured after a full collection at the end of each hour, app and stand-ins together.
import { VirtualClock } from '../local/clock.ts';
import type { JournalRecord } from '../local/host/durable/instanceState.ts';
import { memoryStore, type TaskHubStore } from '../local/host/durable/store.ts';
import { busyDay } from './busyDay.ts';
import { collectAll } from './garbage.ts';
import { FIREWALL, startShop } from './shop.ts';

const HOURS = Number(process.env['GATEHOUSE_SOAK_HOURS'] ?? 24);
const MINUTE_MS = 60_000;
/** What is loaded and compiled in the first hours is no leak; nor is the log of requests that local Azure keeps, until it is full. */
const WARM_UP_HOURS = 10;
/** A change waits for the write that runs, its own quiet period and its own write. */
const PUBLISHED_AFTER_MINUTES = 20;
/** The contract asks for a flat heap; what sampling alone makes of one stays below. */
const FLAT_KB_PER_HOUR = 100;
/** A pass over a graph is cut short after some waits, so that no history grows with the time that Azure takes. */
const MOST_HISTORY_EVENTS = 200;

const histories = longestHistory();
const clock = new VirtualClock();
const shop = await startShop({ clock, seed: 1, taskHubStore: histories.store });
const day = busyDay(shop);
const heapKB: number[] = [];
let lostSignals = 0;
let changes = 0;
try {
  for (let minute = 0; minute < HOURS * 60; minute++) {
    await day.change(minute);
    changes++;
    await clock.sleep(MINUTE_MS);
    lostSignals += await lost(minute);
    if ((minute + 1) % 60 > 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    collectAll();
    heapKB.push(process.memoryUsage().heapUsed / 1024);
    const { counts } = await shop.status();
    console.log(
      `hour ${String(heapKB.length).padStart(2)}: ${Math.round((heapKB.at(-1) ?? 0) / 1024)} MB, ${counts.syncs} syncs, ` +
        `${counts.firewallWrites} firewall writes, longest history ${histories.longest()} events, ${lostSignals} lost`,
    );
  }
  const figures = {
    heapSlopeKBPerHour: Math.round(slope(heapKB.slice(Math.min(WARM_UP_HOURS, heapKB.length - 2)))),
    maxHistoryEvents: histories.longest(),
    lostSignals,
    changes,
  };
  const ok =
    figures.heapSlopeKBPerHour <= FLAT_KB_PER_HOUR &&
    figures.maxHistoryEvents <= MOST_HISTORY_EVENTS &&
    lostSignals === 0 &&
    changes > 0;
  console.log(JSON.stringify({ bench: 'soak', figures, ok }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await shop.close();
}
process.exit();

/** How many changes of some time ago, which no later one has replaced, the firewall does not show. */
async function lost(minute: number): Promise<number> {
  const due = [...day.wanted].filter(([, one]) => one.minute === minute - PUBLISHED_AFTER_MINUTES);
  if (due.length === 0) return 0;
  const response = await fetch(`${shop.cloud.azure.origin}/_local/state${FIREWALL}`);
  const firewall = (await response.json()) as {
    properties: {
      natRuleCollections?: { name: string; properties: { rules: { name: string; destinationPorts: string[] }[] } }[];
    };
  };
  const own = firewall.properties.natRuleCollections?.find(({ name }) => name === 'shop');
  const portOf = (name: string) =>
    own?.properties.rules.find((rule) => rule.name.split('.')[2] === name)?.destinationPorts[0];
  return due.filter(([name, { port }]) => portOf(name) !== (port === undefined ? undefined : String(port))).length;
}

/** A task hub in memory that knows the most events that an execution's history has had. */
function longestHistory(): { readonly store: TaskHubStore; longest(): number } {
  const kept = memoryStore();
  const lengths = new Map<string, number>();
  let longest = 0;
  const added = (instanceId: string, record: JournalRecord) => {
    const more = record.kind === 'turn' ? record.added.length : 0;
    const length = (record.kind === 'start' ? 0 : (lengths.get(instanceId) ?? 0)) + more;
    lengths.set(instanceId, length);
    longest = Math.max(longest, length);
  };
  return {
    longest: () => longest,
    store: {
      ...kept,
      begin: (record) => {
        added(record.head.instanceId, record);
        kept.begin(record);
      },
      append: (instanceId, record) => {
        added(instanceId, record);
        kept.append(instanceId, record);
      },
      retire: (state) => {
        lengths.delete(state.head.instanceId);
        kept.retire(state);
      },
    },
  };
}

/** Least squares: what each further hour adds. */
function slope(values: readonly number[]): number {
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  const above = values.reduce((sum, value, index) => sum + (index - middle) * (value - average), 0);
  const below = values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
