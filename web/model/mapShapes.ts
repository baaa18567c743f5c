import type { Tone } from './tone.ts';

type NodeKind = 'internet' | 'frontend' | 'firewall' | 'egress' | 'cluster' | 'balancer' | 'service' | 'empty';

/** A box with text. Pixels. */
export interface MapNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly tone: Tone;
  /** Whether somebody else owns it. */
  readonly isForeign: boolean;
  readonly href?: string;
}

/** A way that packets go. */
export interface MapLine {
  readonly id: string;
  readonly kind: 'publication' | 'ingress' | 'egress' | 'link';
  /** SVG path data. */
  readonly path: string;
  readonly tone: Tone;
  readonly strokeWidth: number;
  /** Whether its end has a head. */
  readonly isArrow?: boolean;
  /** The node that it belongs to, and lights up with. */
  readonly of?: string;
}

/** Text without a box: names of columns, of routes, of ports at the firewall. */
export interface MapLabel {
  readonly id: string;
  readonly kind: 'column' | 'note' | 'port';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly tone: Tone;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MapNode[];
  readonly lines: readonly MapLine[];
  readonly labels: readonly MapLabel[];
}

/** Text cut to a width. @param widthOf what a text takes, in the same unit */
export function fitted(text: string, width: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= width) return text;
  let length = text.length;
  const cut = () => `${text.slice(0, length).trimEnd()}…`;
  do length -= 1;
  while (length > 1 && widthOf(cut()) > width);
  return cut();
}

/** How thick the line of that many publications is. */
export const strokeWidth = (count: number): number => Math.min(6, 1.5 + Math.log2(count) * 0.6);

/** A box of a map. */
export function box(
  id: string,
  kind: MapNode['kind'],
  place: Pick<MapNode, 'x' | 'y' | 'width' | 'height'>,
  title: string,
  lines: readonly string[],
  tone: Tone,
  isForeign = false,
): MapNode {
  return { id, kind, ...place, title, lines, tone, isForeign };
}

/** Frontends are told as addresses or as ranges of one. */
export const bare = (address: string): string => address.replace(/\/32$/, '');
