/** A font as styles/map.css gives it to a part of the map. */
export interface TextFont {
  /** Pixels. */
  readonly size: number;
  readonly weight: number;
  /** The custom property that names its families. */
  readonly family: '--font' | '--mono';
}

let context: CanvasRenderingContext2D | null | undefined;

/** What text takes in a font, pixels. */
export function textWidth(text: string, { size, weight, family }: TextFont): number {
  context ??= document.createElement('canvas').getContext('2d');
  // Without a canvas, what a character takes on average.
  if (context === null) return text.length * size * 0.58;
  context.font = `${weight} ${size}px ${getComputedStyle(document.documentElement).getPropertyValue(family)}`;
  return context.measureText(text).width;
}
