import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostKeys, isAuthorized } from '../../../local/host/keys.ts';

describe('host keys', () => {
  it('are made up once and kept, readable by their owner only', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
    const path = join(directory, 'hub', 'keys.json');
    const keys = hostKeys({}, path);
    expect(new Set(Object.values(keys)).size).toBe(4);
    expect(hostKeys({}, path)).toEqual(keys);
    expect(statSync(path).mode & 0o077).toBe(0);
    rmSync(directory, { recursive: true });
  });

  it('are those given, the rest made up', () => {
    const keys = hostKeys({ function: 'given' }, undefined);
    expect(keys.function).toBe('given');
    expect(keys.master).not.toBe(hostKeys({}, undefined).master);
  });
});

describe('a request', () => {
  it.each([
    ['header', 'right', null, true],
    ['query', undefined, 'right', true],
    ['another accepted key', undefined, 'master', true],
    ['a wrong header beside a right query', 'wrong', 'right', false],
    ['a wrong key', undefined, 'wrong', false],
    ['an empty key', '', null, false],
    ['no key', undefined, null, false],
  ])('with %s is let in: %#', (_case, header, query, expected) => {
    expect(isAuthorized(header, query, ['right', 'master'])).toBe(expected);
  });
});
