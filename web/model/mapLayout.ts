import { narrowLayout } from './mapNarrow.ts';
import type { MapScene } from './mapScene.ts';
import type { MapLayout } from './mapShapes.ts';
import { wideLayout } from './mapWide.ts';

/** Below this many pixels everything stands in one column. */
export const LEAST_WIDE = 880;
const LEAST_WIDTH = 280;

/** Places for everything a map shows. @param available pixels from left to right */
export const mapLayout = (scene: MapScene, available: number): MapLayout =>
  available >= LEAST_WIDE ? wideLayout(scene, available) : narrowLayout(scene, Math.max(LEAST_WIDTH, available));
