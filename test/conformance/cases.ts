import { generations } from './cases/generations.ts';
import { lane } from './cases/lane.ts';
import { management } from './cases/management.ts';
import { orchestrations } from './cases/orchestrations.ts';
import { triggers } from './cases/triggers.ts';
import { versions } from './cases/versions.ts';
import { waits } from './cases/waits.ts';
import type { ConformanceCase } from './conformanceCase.ts';

/** Every fact, by the part of a host it is about. */
export const cases: Readonly<Record<string, readonly ConformanceCase[]>> = {
  waits,
  generations,
  lane,
  orchestrations,
  management,
  versions,
  triggers,
};
