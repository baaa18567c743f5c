// `npm run test:host`: the conformance cases and the app's life on a host with the real Durable extension and real storage.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAzurite } from './azurite.ts';
import { conformanceChecks } from './conformanceChecks.ts';
import { extensionHost } from './extensionHost.ts';
import { functionsHost } from './functionsHost.ts';
import { lifeChecks } from './lifeChecks.ts';
import { azuriteScript, AZURITE_VERSION, hostFiles, HostNotAvailableError, packagesFolder } from './packages.ts';
import { resultTable, type Check } from './checks.ts';
import type { HostKind } from './startedHost.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' } },
});
const wanted = ({ name }: { readonly name: string }) => values.only === undefined || name.includes(values.only);

/** The nearest to Azure that can be had here; says what can't. */
function availableHost(folder: string): HostKind | undefined {
  for (const [what, find] of [
    ['The real Azure Functions host', () => functionsHost(hostFiles(folder))],
    ['The Durable extension under a host of our own', () => extensionHost(folder)],
  ] as const) {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof HostNotAvailableError)) throw error;
      console.log(`${what} can't be had here, so NOTHING IS CHECKED AGAINST IT.\n${error.message}\n`);
    }
  }
  return undefined;
}

function azurite(folder: string): string | undefined {
  try {
    return azuriteScript(folder);
  } catch (error) {
    if (!(error instanceof HostNotAvailableError)) throw error;
    console.log(`Azurite can't be had here, and without storage NOTHING IS CHECKED.\n${error.message}\n`);
    return undefined;
  }
}

// Processes of their own groups hear nothing of Ctrl+C; what is started here ends when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const folder = packagesFolder();
const checks: readonly Check[] = [...conformanceChecks(wanted), ...lifeChecks(wanted)];
const storageScript = azurite(folder);
const kind = storageScript === undefined ? undefined : availableHost(folder);
if (kind === undefined || storageScript === undefined) {
  for (const check of checks) check.skipAll();
} else {
  console.log(`${kind.name}; Azurite ${AZURITE_VERSION}`);
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-host-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const storage = await startAzurite(storageScript, directory);
  try {
    for (const check of checks) await check.run(kind, storage.connectionString, directory);
  } finally {
    await storage.stop();
  }
}
const { table, failed } = resultTable(checks);
console.log(`\n${table}`);
process.exitCode = failed > 0 ? 1 : 0;
