import { randomBytes } from 'node:crypto';
import { freePort, startProcess, type RunningProcess } from './childProcess.ts';

export interface Azurite extends RunningProcess {
  readonly connectionString: string;
}

/** Starts Azurite in memory, with an account of its own. */
export async function startAzurite(script: string, directory: string): Promise<Azurite> {
  const account = 'conformance';
  const key = randomBytes(32).toString('base64');
  const services = await Promise.all(
    ['blob', 'queue', 'table'].map(async (service) => ({ service, port: await freePort() })),
  );
  const ports = services.flatMap(({ service, port }) => [
    `--${service}Host`,
    '127.0.0.1',
    `--${service}Port`,
    `${port}`,
  ]);
  const endpoints = services.map(({ service, port }) => ({ service, url: `http://127.0.0.1:${port}/${account}` }));
  const running = await startProcess(
    'Azurite',
    process.execPath,
    [script, '--silent', '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', ...ports],
    { cwd: directory, env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` } },
    async () => (await Promise.all(endpoints.map(({ url }) => answers(url)))).every(Boolean),
    60,
  );
  const parts = endpoints.map(({ service, url }) => `${service[0]?.toUpperCase()}${service.slice(1)}Endpoint=${url}`);
  const connectionString = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${key}`,
    ...parts,
  ].join(';');
  return { ...running, connectionString };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );
