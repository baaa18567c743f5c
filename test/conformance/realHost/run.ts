// Runs the conformance cases on the real Azure Functions host. Where its packages can't be had, says so and skips.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases } from '../cases.ts';
import { strictVersions } from '../cases/versions.ts';
import type { ConformanceCase } from '../conformanceCase.ts';
import { durableApi } from '../durableApi.ts';
import type { HostUnderTest } from '../hostUnderTest.ts';
import { startAzurite } from './azurite.ts';
import { startFunctionsHost } from './functionsHost.ts';
import { hostFiles, HostNotAvailableError, type HostFiles } from './packages.ts';

/** Cases wait for queues and timers most of the time, so several run side by side. */
const SIDE_BY_SIDE = 8;

const defaults = Object.values(cases).flat();
const all = [...defaults, ...strictVersions];
const counts = { passed: 0, failed: 0, skipped: 0 };

async function runOne(fact: ConformanceCase, host: HostUnderTest): Promise<void> {
  if (fact.needsVirtualTime === true && !host.virtualTime) {
    counts.skipped++;
    console.log(`skipped  ${fact.name}`);
    return;
  }
  try {
    await fact.run(durableApi(host), host);
    counts.passed++;
    console.log(`passed   ${fact.name}`);
  } catch (error) {
    counts.failed++;
    console.log(`FAILED   ${fact.name}\n         ${String(error).replaceAll('\n', '\n         ')}`);
  }
}

async function runAll(facts: readonly ConformanceCase[], host: HostUnderTest): Promise<void> {
  console.log(`\n${host.name}`);
  const left = [...facts];
  const runner = async () => {
    for (let fact = left.shift(); fact !== undefined; fact = left.shift()) await runOne(fact, host);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runner));
}

async function runOnRealHost(files: HostFiles, directory: string): Promise<void> {
  const azurite = await startAzurite(files.azurite, directory);
  try {
    for (const [hub, facts, settings] of [
      ['Conformance', defaults, {}],
      ['ConformanceStrict', strictVersions, { versionMatchStrategy: 'Strict' }],
    ] as const) {
      const folder = join(directory, hub);
      const host = await startFunctionsHost(files, azurite.connectionString, folder, { ...settings, hubName: hub });
      try {
        await runAll(facts, host);
      } finally {
        await host.stop();
      }
    }
  } finally {
    await azurite.stop();
  }
}

function findFiles(): HostFiles | undefined {
  const packages = process.env['GATEHOUSE_FUNCTIONS_HOST_PACKAGES'] ?? join('.gatehouse', 'functions-host');
  try {
    return hostFiles(packages);
  } catch (error) {
    if (!(error instanceof HostNotAvailableError)) throw error;
    console.log(
      `The real Azure Functions host can't be had here, so NOTHING WAS CHECKED AGAINST IT.\n${error.message}`,
    );
    console.log(
      'Set GATEHOUSE_FUNCTIONS_HOST_PACKAGES to a folder that has its packages (see test/conformance/README.md).',
    );
    return undefined;
  }
}

const files = findFiles();
if (files === undefined) {
  counts.skipped = all.length;
} else {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-real-host-'));
  try {
    await runOnRealHost(files, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
