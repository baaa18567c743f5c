import * as fs from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { isErrno } from './host/thrown.ts';

interface LockOwner {
  readonly pid: number;
  /** When the process started, where the system tells: process ids are reused. */
  readonly startedAt: string | null;
  readonly token: string;
}

/** Two processes on one directory would each overwrite what the other keeps there. */
export class StateLockedError extends Error {
  readonly remedy = 'Stop that process, or choose another directory (--state DIR).';

  constructor(directory: string, pid: number) {
    super(`The state directory ${directory} is in use by process ${pid}.`);
    this.name = 'StateLockedError';
  }
}

const LOCK_FILE = 'state.lock';

/** Tokens of the locks that this process holds. */
const heldHere = new Set<string>();

/**
 * Takes a directory for this process, before anything in it is opened; it is created when missing. The lock of a process
 * that is gone is taken over.
 *
 * @returns gives the directory free.
 * @throws StateLockedError when a living process, this one included, has it.
 */
export function lockState(directory: string): () => void {
  fs.mkdirSync(directory, { recursive: true });
  const path = join(directory, LOCK_FILE);
  const own: LockOwner = { pid: process.pid, startedAt: processStart(process.pid), token: randomUUID() };
  while (!tryCreate(path, own)) {
    const owner = readOwner(path);
    if (owner !== undefined && isAlive(owner)) throw new StateLockedError(directory, owner.pid);
    moveAway(path, owner);
  }
  heldHere.add(own.token);
  return () => {
    heldHere.delete(own.token);
    if (readOwner(path)?.token === own.token) fs.rmSync(path, { force: true });
  };
}

/** Creates the lock with its content in one step, so nobody reads it half-written. @returns false when there is one. */
function tryCreate(path: string, owner: LockOwner): boolean {
  const draft = `${path}.${owner.token}`;
  fs.writeFileSync(draft, JSON.stringify(owner));
  try {
    fs.linkSync(draft, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Removes a stale lock; puts back one that somebody has taken in between. */
function moveAway(path: string, stale: LockOwner | undefined): void {
  const aside = `${path}.stale-${randomUUID()}`;
  try {
    fs.renameSync(path, aside);
    if (readOwner(aside)?.token !== stale?.token) fs.linkSync(aside, path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EEXIST')) throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

function readOwner(path: string): LockOwner | undefined {
  try {
    const owner: unknown = JSON.parse(fs.readFileSync(path, 'utf8'));
    return typeof owner === 'object' && owner !== null && 'pid' in owner ? (owner as LockOwner) : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAlive(owner: LockOwner): boolean {
  if (owner.pid === process.pid) return heldHere.has(owner.token);
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false;
    if (!isErrno(error, 'EPERM')) throw error;
  }
  return owner.startedAt === processStart(owner.pid);
}

/** @returns the start of a process in clock ticks since boot, from Linux' /proc; null elsewhere and for the dead. */
function processStart(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may hold anything; the start time is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return null;
    throw error;
  }
}
