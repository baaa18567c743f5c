import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scaledClock, type Clock } from '../clock.ts';
import { replaceFile } from './journal.ts';

interface Anchor {
  readonly wall: number;
  readonly time: number;
  readonly scale: number;
}

/**
 * A scaled clock that goes on from where it was before a restart: Azure does not stand still while nobody looks. The
 * anchor is kept in the state directory; with another scale than before, time goes on from the same moment at the new pace.
 */
export function continuedClock(stateDirectory: string, scale: number): Clock {
  const path = join(stateDirectory, 'clock.json');
  const wall = Date.now();
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Anchor) : { wall, time: wall, scale };
  const anchor =
    before.scale === scale ? before : { wall, time: before.time + (wall - before.wall) * before.scale, scale };
  mkdirSync(stateDirectory, { recursive: true });
  replaceFile(path, JSON.stringify(anchor));
  return scaledClock(scale, { wall: anchor.wall, time: anchor.time });
}
