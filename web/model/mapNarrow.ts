import type { MapLabel, MapLayout, MapLine, MapNode } from './mapShapes.ts';
import type { MapScene } from './mapScene.ts';
import type { MapTarget } from './mapTargets.ts';
import type { Tone } from './tone.ts';

// Pixels.
const SPINE = 12;
const INDENT = 34;
const STEP = 18;
const ROW = { height: 48, gap: 8 };

interface Row extends Omit<MapNode, 'x' | 'y' | 'width' | 'height'> {
  readonly depth: 0 | 1;
  /** Whether a line leads to it. */
  readonly isReached: boolean;
}

/** From the Internet at the top to the services at the bottom, with one line down the side from which each thing branches off. */
export function narrowLayout(scene: MapScene, width: number): MapLayout {
  const rows = rowsOf(scene);
  const nodes: MapNode[] = [];
  const lines: MapLine[] = [];
  const labels: MapLabel[] = [];
  const middles: number[] = [];
  rows.forEach(({ depth, isReached, ...row }, index) => {
    const y = index * (ROW.height + ROW.gap);
    const x = INDENT + depth * STEP;
    const middle = y + ROW.height / 2;
    nodes.push({ ...row, x, y, width: width - x, height: ROW.height });
    if (isReached) {
      middles.push(middle);
      lines.push({
        id: `branch.${row.id}`,
        kind: row.kind === 'service' ? 'publication' : row.kind === 'egress' ? 'egress' : 'ingress',
        path:
          index === 0
            ? `M${SPINE} ${middle}H${x}`
            : `M${SPINE} ${middle - 10}Q${SPINE} ${middle} ${SPINE + 10} ${middle}H${x}`,
        tone: row.tone,
        strokeWidth: 1.5,
        of: row.id.replace(/^service\./, ''),
      });
    }
  });
  const [first = 0, last = 0] = [middles[0], middles.at(-1)];
  lines.unshift({ id: 'spine', kind: 'link', path: `M${SPINE} ${first}V${last - 10}`, tone: 'off', strokeWidth: 1.5 });
  return { width, height: rows.length * (ROW.height + ROW.gap) - ROW.gap + 1, nodes, lines, labels };
}

function rowsOf({ frontends, firewall, egress, targets, isAdopted }: MapScene): readonly Row[] {
  return [
    row('internet', 'internet', 'Internet', [], 'off'),
    ...frontends.addresses.map((address) =>
      row(`frontend.${address}`, 'frontend', address, ['frontend of the firewall'], frontends.tone, isAdopted),
    ),
    row('firewall', 'firewall', firewall.name, [`firewall · ${firewall.facts.join(' · ')}`], firewall.tone, isAdopted),
    row('egress', 'egress', 'Egress', [egress.lines.join(' · ')], egress.tone, isAdopted),
    ...targets.flatMap(targetRows),
  ];
}

const targetRows = (target: MapTarget): readonly Row[] => [
  row(
    `${target.kind}.${target.name}`,
    'cluster',
    `${target.name}${target.isAdopted ? ' (adopted)' : ''}`,
    [[target.subnet, ...(target.routeTable === undefined ? [] : [target.routeTable])].join(' · ')],
    target.tone,
    target.isAdopted,
  ),
  ...(target.entries.length === 0
    ? [{ ...row(`empty.${target.name}`, 'empty', target.empty, [], 'off'), depth: 1, isReached: false } as const]
    : []),
  ...target.entries.map((entry): Row => {
    const from = entry.from.map(({ frontend, port, count }) =>
      port === undefined ? `${count} on ${frontend}` : `${frontend}:${port}`,
    );
    return {
      ...row(
        `service.${entry.key}`,
        'service',
        entry.title,
        [from.length === 0 ? entry.subtitle : `${from.join(', ')} → ${entry.target ?? entry.subtitle}`],
        entry.tone,
      ),
      depth: 1,
      isReached: entry.from.length > 0,
      href: entry.href,
    };
  }),
];

function row(
  id: string,
  kind: MapNode['kind'],
  title: string,
  lines: readonly string[],
  tone: Tone,
  isForeign = false,
): Row {
  return { id, kind, title, lines, tone, isForeign, depth: 0, isReached: true };
}
