import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockState, StateLockedError } from '../../local/stateLock.ts';

let directory: string;
let state: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  state = join(directory, 'state');
  path = join(state, 'state.lock');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Takes the lock in a process of its own, which ends without giving it back. */
function lockAndDie(): { pid: number } {
  const module = join(import.meta.dirname, '../../local/stateLock.ts');
  const script = `const { lockState } = await import(${JSON.stringify(module)}); lockState(${JSON.stringify(state)}); process.kill(process.pid, 'SIGKILL');`;
  const result = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    env: { ...process.env, NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined },
  });
  expect(result.signal).toBe('SIGKILL');
  return JSON.parse(readFileSync(path, 'utf8')) as { pid: number };
}

describe('a state directory', () => {
  it('belongs to one process at a time, also within a process', () => {
    const release = lockState(state);
    expect(() => lockState(state)).toThrow(StateLockedError);
    expect(() => lockState(state)).toThrow(`${state} is in use by process ${process.pid}.`);
    release();
    expect(existsSync(path)).toBe(false);
    lockState(state)();
  });

  it('is taken over from a process that was killed', () => {
    expect(lockAndDie().pid).not.toBe(process.pid);
    const release = lockState(state);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  it('is taken over when another process has the id of its owner by now', () => {
    const owner = lockAndDie();
    writeFileSync(path, JSON.stringify({ ...owner, pid: process.ppid, startedAt: '1' }));
    lockState(state)();
  });

  it('is taken over from this process id, when it is that of an earlier life', () => {
    const owner = lockAndDie();
    writeFileSync(path, JSON.stringify({ ...owner, pid: process.pid }));
    lockState(state)();
  });

  it('is taken over when its lock can not be read', () => {
    lockState(state)();
    writeFileSync(path, '');
    lockState(state)();
  });
});
