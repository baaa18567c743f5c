import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listensHere, missingForCoreTools, type Surroundings } from '../../../local/coreTools/preflight.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-core-tools-'));
const withTools = mkdtempSync(join(tmpdir(), 'gatehouse-core-tools-path-'));
writeFileSync(join(withTools, 'func'), '');
afterAll(() => [folder, withTools].forEach((path) => rmSync(path, { recursive: true, force: true })));

const write = (values: object) =>
  writeFileSync(join(folder, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values: values }));

const missing = (otherwise: Partial<Surroundings> = {}) =>
  missingForCoreTools({
    appDirectory: folder,
    environment: { PATH: withTools },
    nodeVersion: '24.21.0',
    listens: () => Promise.resolve(true),
    ...otherwise,
  });

test('everything is told at once, with its remedy', async () => {
  rmSync(join(folder, 'local.settings.json'), { force: true });
  expect(await missing({ environment: { PATH: folder }, nodeVersion: '22.18.0' })).toEqual([
    expect.stringMatching(/^Node 22\.18\.0 is too old: install Node 24/),
    expect.stringMatching(/^func is not on the PATH: install/),
    expect.stringMatching(/^local\.settings\.json is missing: "cp local\.settings\.sample\.json/),
    expect.stringMatching(/^AzureWebJobsStorage is not set/),
  ]);
});

test('with tools, settings and Azurite nothing is missing', async () => {
  write({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  expect(await missing()).toEqual([]);
});

test('the ports on which Azurite does not listen are named', async () => {
  write({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  expect(await missing({ listens: (port) => Promise.resolve(port === 10_000) })).toEqual([
    expect.stringMatching(/^Azurite does not listen on 10001, 10002: start it/),
  ]);
});

test('a storage account reached with an identity, or by another connection string, needs no Azurite', async () => {
  const listens = () => Promise.resolve(false);
  write({ AzureWebJobsStorage__accountName: 'gatehouse' });
  expect(await missing({ listens })).toEqual([]);
  write({ AzureWebJobsStorage: 'DefaultEndpointsProtocol=https;AccountName=gatehouse' });
  expect(await missing({ listens })).toEqual([]);
});

test('a port is known to be listened on, or not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await listensHere(port)).toBe(true);
  server.close();
  await once(server, 'close');
  expect(await listensHere(port)).toBe(false);
});
