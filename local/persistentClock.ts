import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scaledClock, type Clock } from './clock.ts';

interface Anchor {
  readonly wall: number;
  readonly time: number;
  readonly scale: number;
}

/**
 * A scaled clock that goes on where it was after a restart: durable timers and operations that were under way are due
 * by the same time as before. A change of the scale starts a new anchor at the time reached.
 */
export function persistentClock(stateDirectory: string, scale: number): Clock {
  mkdirSync(stateDirectory, { recursive: true });
  const file = join(stateDirectory, 'clock.json');
  const last = readAnchor(file);
  const wall = Date.now();
  const time = last === undefined ? wall : last.time + (wall - last.wall) * last.scale;
  const anchor: Anchor = { wall, time, scale };
  writeFileSync(file, JSON.stringify(anchor));
  return scaledClock(scale, anchor);
}

function readAnchor(file: string): Anchor | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Anchor;
  } catch (error) {
    // No file yet; a torn one belongs to a start that never got going.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
