import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskHubLockedError, lockTaskHub } from '../../../../local/host/durable/taskHubLock.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  path = join(directory, 'hub', 'host.lock');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Takes the lock in a process of its own, which ends without giving it back. */
function lockAndDie(): { pid: number } {
  const module = join(import.meta.dirname, '../../../../local/host/durable/taskHubLock.ts');
  const script = `const { lockTaskHub } = await import(${JSON.stringify(module)}); lockTaskHub(${JSON.stringify(path)}); process.kill(process.pid, 'SIGKILL');`;
  const result = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    env: { ...process.env, NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined },
  });
  expect(result.signal).toBe('SIGKILL');
  return JSON.parse(readFileSync(path, 'utf8')) as { pid: number };
}

describe('a task hub', () => {
  it('belongs to one host at a time, also within a process', () => {
    const release = lockTaskHub(path);
    expect(() => lockTaskHub(path)).toThrow(TaskHubLockedError);
    expect(() => lockTaskHub(path)).toThrow(`in use by process ${process.pid}`);
    release();
    expect(existsSync(path)).toBe(false);
    lockTaskHub(path)();
  });

  it('is taken over from a process that was killed', () => {
    expect(lockAndDie().pid).not.toBe(process.pid);
    const release = lockTaskHub(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  it('is taken over when another process has the id of its owner by now', () => {
    const owner = lockAndDie();
    writeFileSync(path, JSON.stringify({ ...owner, pid: process.ppid, startedAt: '1' }));
    lockTaskHub(path)();
  });

  it('is taken over from this process id, when it is that of an earlier life', () => {
    const owner = lockAndDie();
    writeFileSync(path, JSON.stringify({ ...owner, pid: process.pid }));
    lockTaskHub(path)();
  });

  it('is taken over when its lock can not be read', () => {
    lockTaskHub(path)();
    writeFileSync(path, '');
    lockTaskHub(path)();
  });
});
