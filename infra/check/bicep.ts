import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The Bicep CLI, at least as new as the templates ask for. */
export interface Bicep {
  readonly command: string;
  readonly version: string;
}

/** No Bicep CLI, and why not. */
export interface NoBicep {
  readonly missing: string;
}

/** Something that Bicep or its linter says about a file. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly level: 'Error' | 'Warning' | 'Info';
  readonly code: string;
  readonly message: string;
}

/** The version that the templates are written for, and that is fetched where there is none. */
const VERSION = '0.49.2';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Looks for the Bicep CLI: on the PATH, where `az bicep install` puts it, and in the cache (`BICEP_CACHE`, otherwise
 * `gatehouse/bicep` in the user's cache folder). One that is older than the templates is passed over.
 */
export function findBicep(variables: Variables): Bicep | NoBicep {
  const file = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  const onPath = (variables['PATH'] ?? '').split(delimiter).map((folder) => join(folder, file));
  const ofAz = join(variables['AZURE_CONFIG_DIR'] ?? join(homedir(), '.azure'), 'bin', file);
  const places = [...onPath, ofAz, cachedBicep(variables)];
  const found = places
    .filter((place) => existsSync(place))
    .map((command) => ({ command, version: versionOf(command) }));
  const fit = found.find(({ version }) => !isOlder(version, VERSION));
  if (fit !== undefined) return fit;
  const old = found.map(({ command, version }) => `${command} is ${version || 'broken'}`);
  const tried = ['the PATH', ofAz, cachedBicep(variables)].join(', ');
  return { missing: [`no Bicep CLI of ${VERSION} or later (looked at ${tried})`, ...old].join('; ') };
}

/**
 * Fetches the Bicep CLI into the cache, by a throwaway restore with the .NET SDK: NuGet has it as a package, and a package
 * of that kind is only downloaded, never run by the restore.
 */
export function fetchBicep(variables: Variables): Bicep | NoBicep {
  const cache = cacheFolder(variables);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bicep-'));
  const reference = `<PackageDownload Include="${packageName()}" Version="[${VERSION}]" />`;
  const properties = `<TargetFramework>netstandard2.0</TargetFramework>${NOTHING_ELSE}`;
  const project = `<PropertyGroup>${properties}</PropertyGroup><ItemGroup>${reference}</ItemGroup>`;
  try {
    writeFileSync(join(folder, 'bicep.csproj'), `<Project Sdk="Microsoft.NET.Sdk">${project}</Project>`);
    const restore = spawnSync('dotnet', ['restore', '--packages', cache], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 300_000,
      env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    });
    if (restore.error !== undefined) return { missing: `it can't be fetched: dotnet: ${restore.error.message}` };
    if (restore.status !== 0) return { missing: `it can't be fetched: ${restore.stdout.trim()}` };
    return findBicep(variables);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTHING_ELSE = '<DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>';

/** What compiling one .bicep file comes to: the template where there are no errors, and whatever Bicep says. */
export function compile(
  bicep: Bicep,
  file: string,
): { readonly template?: string; readonly diagnostics: readonly Diagnostic[] } {
  const { status, stdout, stderr } = run(bicep, ['build', file, '--stdout']);
  const diagnostics = diagnosticsOf(stderr);
  if (status === 0) return { template: stdout, diagnostics };
  if (diagnostics.some(({ level }) => level === 'Error')) return { diagnostics };
  throw new Error(`${bicep.command} build ${file} failed: ${stderr || stdout}`);
}

/** Compiles a .bicepparam file into the parameters that ARM takes. */
export function compileParameters(
  bicep: Bicep,
  file: string,
  variables: Variables,
): { readonly parameters?: string; readonly diagnostics: readonly Diagnostic[] } {
  const { status, stdout, stderr } = run(bicep, ['build-params', file, '--stdout'], variables);
  const diagnostics = diagnosticsOf(stderr);
  if (status !== 0) return { diagnostics };
  const { parametersJson } = JSON.parse(stdout) as { readonly parametersJson: string };
  return { parameters: parametersJson, diagnostics };
}

/** Formats all .bicep files below a folder, in place. */
export function format(bicep: Bicep, folder: string): void {
  const { status, stderr } = run(bicep, ['format', '--pattern', `${folder}/**/*.bicep`]);
  if (status !== 0) throw new Error(`${bicep.command} format failed: ${stderr}`);
}

function run(bicep: Bicep, args: readonly string[], variables: Variables = {}) {
  const result = spawnSync(bicep.command, args, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64_000_000,
    env: { ...process.env, ...INVARIANT, ...variables },
  });
  if (result.error !== undefined) throw result.error;
  return result;
}

/** Bicep needs no languages, and would not start where libicu is missing. */
const INVARIANT = { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };

/** E.g. `/x/main.bicep(4,10) : Error no-unused-params: Parameter "y" is declared but never used. [https://aka.ms/…]`. */
function diagnosticsOf(output: string): readonly Diagnostic[] {
  const found = output.matchAll(/^(.+?)\((\d+),\d+\) : (Error|Warning|Info) ([\w-]+): (.+)$/gm);
  return [...found].map(([, file = '', line, level, code = '', message = '']) => ({
    file,
    line: Number(line),
    level: level as Diagnostic['level'],
    code,
    message: message.replace(/ \[https:[^\]]+\]$/, ''),
  }));
}

function versionOf(command: string): string {
  const { stdout } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...INVARIANT },
  });
  return /\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0] ?? '';
}

function isOlder(version: string, than: string): boolean {
  return version === '' || version.localeCompare(than, 'en', { numeric: true }) < 0;
}

function cacheFolder(variables: Variables): string {
  const ofUser = variables['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return variables['BICEP_CACHE'] ?? join(ofUser, 'gatehouse', 'bicep');
}

function cachedBicep(variables: Variables): string {
  const file = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  return join(cacheFolder(variables), packageName().toLowerCase(), VERSION, 'tools', file);
}

function packageName(): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'osx', win32: 'win' };
  return `Azure.Bicep.CommandLine.${systems[process.platform] ?? process.platform}-${process.arch}`;
}
