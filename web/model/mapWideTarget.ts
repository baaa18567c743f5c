import type { MapEntry } from './mapEntries.ts';
import { bare, box, strokeWidth, type MapLabel, type MapLine, type MapNode } from './mapShapes.ts';
import type { MapTarget } from './mapTargets.ts';
import type { Tone } from './tone.ts';

// Pixels.
const FRAME = { header: 62, footer: 46, padding: 14, gap: 22 };
const ROW = { height: 40, gap: 8 };
const BALANCER = { width: 172, height: 28, gap: 32 };
/** From the last row of a target down to its way out. */
const FOOTER_LINE = 26;
/** From the top of a target down to the name of its route table. */
const ROUTE_TABLE_LINE = 24;

export interface PlacedTarget {
  readonly target: MapTarget;
  readonly y: number;
  readonly height: number;
  readonly entries: readonly PlacedEntry[];
  /** Where its way out begins. */
  readonly footer: number;
}

interface PlacedEntry {
  readonly entry: MapEntry;
  readonly middle: number;
}

/** What a target's lines come from and go to, in a wide layout. */
export interface Surroundings {
  /** Of the box around the target. */
  readonly x: number;
  readonly width: number;
  /** Right edge of the frontends, and the middle of each by its bare address. */
  readonly frontendsEnd: number;
  readonly frontends: ReadonlyMap<string, number>;
  readonly firewall: { readonly x: number; readonly end: number };
  /** Middle of what is let out. */
  readonly egressY: number;
  readonly routesTone: Tone;
}

interface Drawn {
  readonly nodes: readonly MapNode[];
  readonly lines: readonly MapLine[];
  readonly labels: readonly MapLabel[];
}

/** One below the other. The last one goes down to the bottom of the map, where its way out is level with the egress. */
export function placeTargets(targets: readonly MapTarget[], top: number): readonly PlacedTarget[] {
  const placed: PlacedTarget[] = [];
  let y = top;
  for (const target of targets) {
    const rows = Math.max(1, target.entries.length);
    const rowsHeight = rows * (ROW.height + ROW.gap) - ROW.gap;
    const height = FRAME.header + rowsHeight + FRAME.footer;
    const first = y + FRAME.header;
    const entries = target.entries.map((entry, index) => ({
      entry,
      middle: first + index * (ROW.height + ROW.gap) + ROW.height / 2,
    }));
    placed.push({ target, y, height, entries, footer: y + height - FRAME.footer + FOOTER_LINE });
    y += height + FRAME.gap;
  }
  return placed;
}

/** A target with its services, the lines that lead to them, and its way out. */
export function drawTarget({ target, y, height, entries, footer }: PlacedTarget, around: Surroundings): Drawn {
  const { x, width, firewall, egressY, frontendsEnd, routesTone } = around;
  const { kind, name, tone, isAdopted, empty, routeTable, residents, subnetTone } = target;
  const balancerX = x + FRAME.padding;
  const drawn = entries.map((placed) => drawEntry(placed, balancerX, around));
  const note = (id: string, noteX: number, noteY: number, text: string, anchor: MapLabel['anchor'], noteTone: Tone) =>
    ({ id: `${id}.${name}`, kind: 'note', x: noteX, y: noteY, text, anchor, tone: noteTone }) as const;
  const betweenX = (firewall.end + x) / 2;
  return {
    nodes: [
      box(`${kind}.${name}`, 'cluster', { x, y, width, height }, name, [factsOf(target)], tone, isAdopted),
      ...(entries.length > 0
        ? []
        : [
            box(
              `empty.${name}`,
              'empty',
              { x: balancerX, y: y + FRAME.header, width: width - 2 * FRAME.padding, height: ROW.height },
              empty,
              [],
              'off',
            ),
          ]),
      ...drawn.flatMap(({ nodes }) => nodes),
    ],
    lines: [
      ...drawn.flatMap(({ lines }) => lines),
      {
        id: `out.${name}`,
        kind: 'egress',
        path: wayOut(x, footer, firewall.end - 18, egressY, frontendsEnd),
        tone: routesTone === 'ok' ? subnetTone : routesTone,
        strokeWidth: 1.5,
        isArrow: true,
      },
    ],
    labels: [
      ...drawn.flatMap(({ labels }) => labels),
      ...(routeTable === undefined
        ? []
        : [note('routes', betweenX, y + ROUTE_TABLE_LINE, routeTable, 'middle', routesTone)]),
      note('route', betweenX, footer - 8, '0.0.0.0/0', 'middle', routesTone),
      note('residents', balancerX, footer + 4, residents, 'start', 'off'),
    ],
  };
}

const factsOf = ({ kind, subnet, isPrivate, isAdopted }: MapTarget): string =>
  [
    `subnet ${subnet}`,
    ...(kind === 'jumpbox' ? ['jumpbox'] : []),
    ...(isPrivate ? ['private API server'] : []),
    ...(isAdopted ? ['adopted'] : []),
  ].join(' · ');

function drawEntry({ entry, middle }: PlacedEntry, balancerX: number, around: Surroundings): Drawn {
  const { key, title, subtitle, tone, href, target, from } = entry;
  const { x, width, firewall } = around;
  const serviceX = balancerX + BALANCER.width + BALANCER.gap;
  const service = {
    x: serviceX,
    y: middle - ROW.height / 2,
    width: x + width - FRAME.padding - serviceX,
    height: ROW.height,
  };
  const balancer = { x: balancerX, y: middle - BALANCER.height / 2, width: BALANCER.width, height: BALANCER.height };
  const ports = from.map(({ port, count }) => (port === undefined ? `×${count}` : `:${port}`));
  return {
    nodes: [
      { ...box(`service.${key}`, 'service', service, title, [subtitle], tone), href },
      ...(target === undefined ? [] : [box(`balancer.${key}`, 'balancer', balancer, target, [], tone)]),
    ],
    lines: [
      ...linesTo(entry, middle, around, target === undefined ? serviceX : balancerX),
      ...(target === undefined
        ? []
        : [
            {
              id: `link.${key}`,
              kind: 'link',
              path: `M${balancerX + BALANCER.width} ${middle}H${serviceX}`,
              tone,
              strokeWidth: 1.5,
              of: key,
            } as const,
          ]),
    ],
    labels:
      ports.length === 0
        ? []
        : [
            {
              id: `port.${key}`,
              kind: 'port',
              x: (firewall.x + firewall.end) / 2,
              y: middle,
              text: ports.join(' '),
              anchor: 'middle',
              tone,
            },
          ],
  };
}

/** To the inside of the firewall, along it to the height of what it lets out, and back. */
function wayOut(from: number, y: number, inside: number, egressY: number, to: number): string {
  if (Math.abs(egressY - y) < 16) return `M${from} ${y}H${to}`;
  const turn = Math.sign(egressY - y) * 8;
  return `M${from} ${y}H${inside + 8}q-8 0 -8 ${turn}V${egressY - turn}q0 ${turn} -8 ${turn}H${to}`;
}

/** A line from each frontend, which reaches the height of the entry before the firewall and keeps it. */
function linesTo(
  entry: MapEntry,
  middle: number,
  { frontends, frontendsEnd, firewall }: Surroundings,
  to: number,
): readonly MapLine[] {
  return entry.from.flatMap(({ frontend, count, tone }) => {
    const y = frontends.get(bare(frontend));
    if (y === undefined) return [];
    const half = (firewall.x - frontendsEnd) / 2;
    const path = `M${frontendsEnd} ${y}C${frontendsEnd + half} ${y} ${firewall.x - half} ${middle} ${firewall.x} ${middle}H${to}`;
    return [
      {
        id: `${entry.key}.${frontend}`,
        kind: 'publication',
        path,
        tone,
        strokeWidth: strokeWidth(count),
        of: entry.key,
        isArrow: true,
      } as const,
    ];
  });
}
