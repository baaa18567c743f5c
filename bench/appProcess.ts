// A process with the app of a folder: prints where it listens, and how much memory it has once its input ends.
import { startHost } from '../../local/host/host.ts';

const [appDirectory = ''] = process.argv.slice(2);
const host = await startHost({
  appDirectory,
  port: 0,
  timers: false,
  keys: { function: 'bench' },
  log: () => undefined,
});
process.stdin.on('end', () => {
  process.stdout.write(`${process.memoryUsage.rss()}\n`);
  process.exit();
});
process.stdin.resume();
process.stdout.write(`${host.origin}\n`);
