import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addToEnvironment } from '../../../local/host/environment.ts';
import { parseJsonWithComments } from '../../../local/host/jsonWithComments.ts';
import { SettingsError, readHostSettings, readLocalValues } from '../../../local/host/settings.ts';
import { parseTimeSpan } from '../../../local/host/timeSpan.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const hostJson = (text: string, environment: NodeJS.ProcessEnv = {}) => {
  writeFileSync(join(directory, 'host.json'), text);
  return readHostSettings(directory, environment);
};

describe('host.json', () => {
  it('may be missing', () => {
    expect(readHostSettings(directory, {})).toMatchObject({
      routePrefix: 'api',
      hubName: 'TestHubName',
      versions: { defaultVersion: null, matchStrategy: 'CurrentOrOlder', failureStrategy: 'Reject' },
      functionTimeoutMs: 30 * 60_000,
    });
  });

  it('gives the route prefix, the task hub, its versions and its limits', () => {
    const settings = hostJson(`{
      // comments are fine
      "functionTimeout": "00:05:00",
      "extensions": {
        "http": { "routePrefix": "" },
        "durableTask": { "hubName": "Hub1", "defaultVersion": "2.0", "versionMatchStrategy": "Strict", "maxConcurrentActivityFunctions": 3, },
      },
    }`);
    expect(settings).toEqual({
      routePrefix: '',
      hubName: 'Hub1',
      versions: { defaultVersion: '2.0', matchStrategy: 'Strict', failureStrategy: 'Reject' },
      maxConcurrentActivityFunctions: 3,
      maxConcurrentOrchestratorFunctions: 10,
      functionTimeoutMs: 300_000,
    });
  });

  it('may name the task hub by an app setting', () => {
    const text = '{ "extensions": { "durableTask": { "hubName": "%HUB%" } } }';
    expect(hostJson(text, { HUB: 'FromSetting' }).hubName).toBe('FromSetting');
    expect(() => hostJson(text)).toThrow('The app setting HUB (%HUB%) is not set');
  });

  it('sets no limit to functions with -1', () => {
    expect(hostJson('{ "functionTimeout": "-1" }').functionTimeoutMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['{ "extensions": { "durableTask": { "versionMatchStrategy": "Newest" } } }', 'versionMatchStrategy'],
    ['{ "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 0 } } }', 'maxConcurrentActivityFunctions'],
    ['{ "extensions": { "durableTask": { "hubName": "a b" } } }', 'hubName'],
    ['{ "functionTimeout": "five minutes" }', 'functionTimeout'],
    ['{ "extensions": ', 'host.json is no JSON'],
  ])('%s is refused by name', (text, problem) => {
    expect(() => hostJson(text)).toThrow(SettingsError);
    expect(() => hostJson(text)).toThrow(problem);
  });
});

describe('local.settings.json', () => {
  it('gives the values, numbers and booleans as text', () => {
    writeFileSync(join(directory, 'local.settings.json'), '{ "Values": { "A": "1", "B": 2, "C": true } }');
    expect(readLocalValues(directory)).toEqual({ A: '1', B: '2', C: 'true' });
  });

  it('yields to the environment, and leaves it as it was', () => {
    process.env['GATEHOUSE_TEST_SET'] = 'environment';
    const restore = addToEnvironment({ GATEHOUSE_TEST_SET: 'file', GATEHOUSE_TEST_UNSET: 'file' });
    expect(process.env['GATEHOUSE_TEST_SET']).toBe('environment');
    expect(process.env['GATEHOUSE_TEST_UNSET']).toBe('file');
    restore();
    expect(process.env['GATEHOUSE_TEST_UNSET']).toBeUndefined();
    delete process.env['GATEHOUSE_TEST_SET'];
  });
});

describe('a variable that two hosts need', () => {
  it('goes with the last of them', () => {
    const [first, second] = [
      addToEnvironment({ GATEHOUSE_TEST_SHARED: '1' }),
      addToEnvironment({ GATEHOUSE_TEST_SHARED: '2' }),
    ];
    first();
    expect(process.env['GATEHOUSE_TEST_SHARED']).toBe('1');
    second();
    expect(process.env['GATEHOUSE_TEST_SHARED']).toBeUndefined();
  });
});

describe('JSON with comments', () => {
  it('keeps what only looks like a comment or a trailing comma', () => {
    const text = '\uFEFF{ "url": "http://x/*y*/", /* a */ "list": [1, 2, ], // b\n "odd": ",]\\"//", }';
    expect(parseJsonWithComments(text)).toEqual({ url: 'http://x/*y*/', list: [1, 2], odd: ',]"//' });
  });
});

describe('a TimeSpan', () => {
  it.each([
    ['00:05:00', 300_000],
    ['1.02:03:04', 93_784_000],
    ['00:00:00.250', 250],
    ['12:30', 45_000_000],
  ])('%s is %d ms', (text, expected) => {
    expect(parseTimeSpan(text)).toBe(expected);
  });

  it.each(['5', '25:00:00', '00:61:00', 'x'])('%s is none', (text) => {
    expect(parseTimeSpan(text)).toBeUndefined();
  });
});
