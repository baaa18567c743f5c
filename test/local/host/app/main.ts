/** The test app as a process of its own: `main.ts <task hub directory>`; says where it listens, and every line it logs. */
import { join } from 'node:path';
import { startHost } from '../../../../local/host/host.ts';

const host = await startHost({
  appDirectory: import.meta.dirname,
  entry: join(import.meta.dirname, 'functions.ts'),
  port: 0,
  taskHubDirectory: process.argv[2] ?? '',
  timers: false,
  keys: { durable: 'durable-key' },
  log: (level, source, message) => console.log(`${level} ${source}: ${message}`),
});
console.log(`ready ${host.origin}`);
