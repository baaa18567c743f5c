import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What the Azure Functions host is made of, by package. The versions are those the README's results belong to. */
export const HOST_PACKAGES = {
  host: { id: 'Azure.Functions.Cli.Workloads.Host.linux-x64', version: '4.1048.200-preview.1' },
  nodeWorker: { id: 'Azure.Functions.Cli.Workloads.Workers.Node', version: '3.13.0-preview.1' },
  extensionBundles: { id: 'Azure.Functions.Cli.Workloads.ExtensionBundles', version: '4.35.0' },
} as const;

export const AZURITE_VERSION = '3.37.0';

/** Folders with the payload of each package. */
export interface HostFiles {
  readonly host: string;
  readonly nodeWorker: string;
  readonly extensionBundles: string;
}

/** Why the real host can't be run here. */
export class HostNotAvailableError extends Error {
  override readonly name = 'HostNotAvailableError';
}

/** Where what is fetched and built is kept, outside the repository. */
export function packagesFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = resolve(
    process.env['GATEHOUSE_FUNCTIONS_HOST_PACKAGES'] ?? join(cache, 'gatehouse', 'functions-host'),
  );
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Finds the Functions host's packages in `folder` (laid out as a NuGet packages folder), and fetches what is missing there
 * with this machine's `dotnet`.
 *
 * @throws HostNotAvailableError that names what is missing and why.
 */
export function hostFiles(folder: string): HostFiles {
  const payload = ({ id, version }: { id: string; version: string }) =>
    join(folder, id.toLowerCase(), version, 'tools', 'any');
  const files = {
    host: payload(HOST_PACKAGES.host),
    nodeWorker: payload(HOST_PACKAGES.nodeWorker),
    extensionBundles: payload(HOST_PACKAGES.extensionBundles),
  };
  if (!Object.values(files).every(existsSync)) restorePackages(folder);
  requireFiles(Object.values(files));
  return files;
}

/**
 * Finds the script that starts Azurite in the folder's node_modules, and fetches it there with this machine's `npm` where it
 * is missing.
 *
 * @throws HostNotAvailableError
 */
export function azuriteScript(folder: string): string {
  const script = join(folder, 'node_modules', 'azurite', 'dist', 'src', 'azurite.js');
  const fetched = ['--no-save', '--ignore-scripts', '--prefix', folder, `azurite@${AZURITE_VERSION}`];
  if (!existsSync(script)) runTool('npm', ['install', ...fetched], folder);
  requireFiles([script]);
  return script;
}

function requireFiles(files: readonly string[]): void {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new HostNotAvailableError(`Not found after fetching: ${missing.join(', ')}`);
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
  runTool('dotnet', ['restore', join(folder, 'host.csproj'), '--packages', directory], folder);
}

/** Runs a tool of this machine to its end. @throws HostNotAvailableError with what it says is wrong */
export function runTool(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw new HostNotAvailableError(`${command} can't be run: ${error.message}`);
  if (status !== 0) {
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => /error|unable|not found/i.test(line));
    const reasons = lines.map((line) => line.replace(/^.*?(?=error)/i, '').trim());
    throw new HostNotAvailableError(`${command} ${args[0]} failed:\n${reasons.join('\n')}`);
  }
}
