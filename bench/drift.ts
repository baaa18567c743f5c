// `npm run bench:drift`: what a drift check of an environment costs in which nothing has changed. In virtual time; requests
// are counted by local Azure.
import { VirtualClock } from '../local/clock.ts';
import { startShop } from './shop.ts';

const SERVICES = 5;
/** The contract's numbers. */
const MOST_READS = 6;

const shop = await startShop({ clock: new VirtualClock(), seed: 1 });
try {
  for (let index = 0; index < SERVICES; index++) await shop.publish(`web-${index}`, 8000 + index);
  await shop.until(({ counts, sync }) => counts.publications === SERVICES && sync?.running === false);
  const release = shop.hold();
  const before = await shop.requests();
  const { syncs } = (await shop.status()).counts;
  await shop.call('POST', '/sync');
  release();
  await shop.until(({ counts }) => counts.syncs > syncs);
  const again = shop.hold();
  const asked = (await shop.requests()).slice(before.length);
  again();
  const of = (...methods: string[]) => asked.filter(({ method }) => methods.includes(method));
  console.log('request                                                                        times');
  for (const [what, times] of counted(
    asked.map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`),
  ))
    console.log(`${what.padEnd(78)} ${String(times).padStart(5)}`);
  const figures = { reads: of('GET').length, actions: of('POST').length, writes: of('PUT', 'PATCH', 'DELETE').length };
  const ok = figures.reads <= MOST_READS && figures.writes === 0;
  console.log(
    `\nOne drift check of an unchanged environment with ${SERVICES} published services; actions hand out credentials, kept for minutes.`,
  );
  console.log(JSON.stringify({ bench: 'drift', figures, ok }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await shop.close();
}
process.exit();

function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}
