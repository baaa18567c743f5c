import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the Azure Functions host is made of, by package. The versions are those the README's results belong to. */
export const HOST_PACKAGES = {
  host: { id: 'Azure.Functions.Cli.Workloads.Host.linux-x64', version: '4.1048.200-preview.1' },
  nodeWorker: { id: 'Azure.Functions.Cli.Workloads.Workers.Node', version: '3.13.0-preview.1' },
  extensionBundles: { id: 'Azure.Functions.Cli.Workloads.ExtensionBundles', version: '4.35.0' },
} as const;

const AZURITE_VERSION = '3.37.0';

/** Folders with the payload of each package, and the script that starts Azurite. */
export interface HostFiles {
  readonly host: string;
  readonly nodeWorker: string;
  readonly extensionBundles: string;
  readonly azurite: string;
}

/** Why the real host can't be run here. */
export class HostNotAvailableError extends Error {
  override readonly name = 'HostNotAvailableError';
}

/**
 * Finds the host's packages in `folder` (laid out as a NuGet packages folder, with Azurite in its node_modules), and
 * fetches what is missing there with the `dotnet` and `npm` of this machine.
 *
 * @throws HostNotAvailableError that names what is missing and why.
 */
export function hostFiles(folder: string): HostFiles {
  // The commands run in folders of their own.
  const directory = resolve(folder);
  mkdirSync(directory, { recursive: true });
  const payload = ({ id, version }: { id: string; version: string }) =>
    join(directory, id.toLowerCase(), version, 'tools', 'any');
  const files = {
    host: payload(HOST_PACKAGES.host),
    nodeWorker: payload(HOST_PACKAGES.nodeWorker),
    extensionBundles: payload(HOST_PACKAGES.extensionBundles),
    azurite: join(directory, 'node_modules', 'azurite', 'dist', 'src', 'azurite.js'),
  };
  if (![files.host, files.nodeWorker, files.extensionBundles].every(existsSync)) restorePackages(directory);
  if (!existsSync(files.azurite)) {
    run(
      'npm',
      ['install', '--no-save', '--ignore-scripts', '--prefix', directory, `azurite@${AZURITE_VERSION}`],
      directory,
    );
  }
  const missing = Object.values(files).filter((file) => !existsSync(file));
  if (missing.length > 0) throw new HostNotAvailableError(`Not found after fetching: ${missing.join(', ')}`);
  return files;
}

function restorePackages(directory: string): void {
  const downloads = Object.values(HOST_PACKAGES).map(
    ({ id, version }) => `    <PackageDownload Include="${id}" Version="[${version}]" />`,
  );
  const project = [
    '<Project Sdk="Microsoft.NET.Sdk">',
    '  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>',
    '  <ItemGroup>',
    ...downloads,
    '  </ItemGroup>',
    '</Project>',
  ];
  const folder = join(directory, 'restore');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'host.csproj'), project.join('\n'));
  run('dotnet', ['restore', join(folder, 'host.csproj'), '--packages', directory], folder);
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw new HostNotAvailableError(`${command} can't be run: ${error.message}`);
  if (status !== 0) {
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => /error|unable|not found/i.test(line));
    const reasons = lines.map((line) => line.replace(/^.*?(?=error)/i, '').trim());
    throw new HostNotAvailableError(`${command} ${args[0]} failed:\n${reasons.join('\n')}`);
  }
}
