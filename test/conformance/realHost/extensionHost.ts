import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from './childProcess.ts';
import { runTool } from './packages.ts';
import { startHostProcess, type HostKind } from './startedHost.ts';

const SOURCES = join(import.meta.dirname, 'extension', 'host');
const WORKER = join(import.meta.dirname, 'extension', 'worker.ts');

/** The program's version of a package, as its project asks for it. */
function packageVersion(project: string, id: string): string {
  const [, version] = new RegExp(`Include="${id.replaceAll('.', '\\.')}" Version="([^"]+)"`).exec(project) ?? [];
  if (version === undefined) throw new Error(`ExtensionHost.csproj names no version of ${id}.`);
  return version;
}

/**
 * The real Durable extension with its Azure Storage backend, under a host of our own, which is not the Functions host: see
 * docs/hosts.md. Built in `folder` with the .NET SDK of this machine, once for each version of its sources.
 *
 * @throws HostNotAvailableError when it can't be built here
 */
export function extensionHost(folder: string): HostKind {
  // It also runs what it has built.
  runTool('dotnet', ['--version'], folder);
  const files = readdirSync(SOURCES).filter((file) => /\.(cs|csproj)$/.test(file));
  const sources = files.map((file) => readFileSync(join(SOURCES, file), 'utf8'));
  const version = createHash('sha256').update(sources.join('\0')).digest('hex').slice(0, 12);
  const build = join(folder, 'extension-host', version);
  const program = join(build, 'out', 'ExtensionHost.dll');
  if (!existsSync(program)) {
    rmSync(build, { recursive: true, force: true });
    mkdirSync(build, { recursive: true });
    // Built beside its copy: what the SDK leaves behind must not lie among the sources.
    for (const file of files) cpSync(join(SOURCES, file), join(build, file));
    runTool('dotnet', ['build', 'ExtensionHost.csproj', '--configuration', 'Release', '--output', 'out'], build);
  }
  const project = sources[files.indexOf('ExtensionHost.csproj')] ?? '';
  const extension = packageVersion(project, 'Microsoft.Azure.WebJobs.Extensions.DurableTask');
  const name = `Durable extension ${extension} with Azure Storage, under a host of our own (NOT the Functions host)`;
  return {
    name,
    start: async (options) => {
      const overrides = Object.entries(options.durableTask).map(
        ([setting, value]) => [`AzureWebJobs__Extensions__durableTask__${setting}`, value] as const,
      );
      return startHostProcess(name, options, [process.execPath, '--no-warnings', WORKER], {
        GATEHOUSE_APP_DIRECTORY: options.app,
        GATEHOUSE_ORIGIN: `http://127.0.0.1:${options.port}`,
        GATEHOUSE_HOST_KEYS: JSON.stringify(options.keys),
        GATEHOUSE_EXTENSION_HOST: program,
        GATEHOUSE_EXTENSION_URL: `http://127.0.0.1:${await freePort()}`,
        ...Object.fromEntries(overrides),
      });
    },
  };
}
