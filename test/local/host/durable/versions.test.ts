import type { VersionMatchStrategy } from '../../../../local/host/durable/versions.ts';
import { compareVersions, versionMismatch } from '../../../../local/host/durable/versions.ts';

const runs = (matchStrategy: VersionMatchStrategy, version: string | null, defaultVersion: string | null = '2.0') =>
  versionMismatch({ defaultVersion, matchStrategy, failureStrategy: 'Reject' }, version) === undefined;

describe('an orchestration of a version', () => {
  it.each([
    ['None', '1.0', true],
    ['None', '3.0', true],
    ['Strict', '2.0', true],
    ['Strict', '1.0', false],
    ['Strict', '3.0', false],
    ['Strict', null, false],
    ['CurrentOrOlder', '2.0', true],
    ['CurrentOrOlder', '1.10', true],
    ['CurrentOrOlder', null, true],
    ['CurrentOrOlder', '2.0.1', false],
    ['CurrentOrOlder', '10.0', false],
  ] as const)('under %s in an app of version 2.0: %s runs: %s', (strategy, version, expected) => {
    expect(runs(strategy, version)).toBe(expected);
  });

  it('runs anywhere when the app has no version', () => {
    expect(runs('Strict', '1.0', null)).toBe(true);
  });

  it('is refused with both versions named', () => {
    const settings = { defaultVersion: '2.0', matchStrategy: 'CurrentOrOlder', failureStrategy: 'Reject' } as const;
    expect(versionMismatch(settings, '3.0')).toMatch(/'3\.0'.*'2\.0'.*CurrentOrOlder/);
  });
});

describe('versions', () => {
  it('are ordered part by part, nothing first, and as text when they are no numbers', () => {
    expect(compareVersions('1.9', '1.10')).toBe(-1);
    expect(compareVersions('1.0', '1.0.0')).toBe(-1);
    expect(compareVersions('', null)).toBe(0);
    expect(compareVersions('', '0.1')).toBe(-1);
    expect(compareVersions('beta', 'Alpha')).toBe(1);
    expect(compareVersions('BETA', 'beta')).toBe(0);
  });
});
