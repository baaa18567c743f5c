import type { MapEntry } from './mapEntries.ts';
import { strokeWidth, type MapLabel, type MapLayout, type MapLine, type MapNode } from './mapShapes.ts';
import type { MapScene, SceneCluster } from './mapScene.ts';

// Pixels.
const TOP = 30;
const INTERNET = 104;
const FRONTEND = { width: 152, height: 44, gap: 14 };
const FIREWALL = 148;
const GAPS = { internet: 44, frontend: 84, routes: 112 };
const CLUSTER = { header: 62, footer: 46, padding: 14, gap: 22 };
const ROW = { height: 40, gap: 8 };
const BALANCER = { width: 172, gap: 32 };
const EGRESS_LINE = 17;
/** From the last row of a cluster down to its way out. */
const FOOTER_LINE = 26;

interface PlacedEntry {
  readonly entry: MapEntry;
  readonly middle: number;
}

interface PlacedCluster {
  readonly cluster: SceneCluster;
  readonly y: number;
  readonly height: number;
  readonly entries: readonly PlacedEntry[];
  /** Where its nodes' way out begins. */
  readonly footer: number;
}

/**
 * From the Internet on the left to the services on the right. A publication comes from its frontend, passes the firewall at the
 * height of its service, and goes on to the load balancer; below, the way out goes back.
 */
export function wideLayout(scene: MapScene, width: number): MapLayout {
  const frontendX = INTERNET + GAPS.internet;
  const firewallX = frontendX + FRONTEND.width + GAPS.frontend;
  const clusterX = firewallX + FIREWALL + GAPS.routes;
  const clusterWidth = width - clusterX;
  const clusters = placeClusters(scene.clusters);
  const addresses = scene.frontends.addresses;
  const frontendsHeight = addresses.length * (FRONTEND.height + FRONTEND.gap) - FRONTEND.gap;
  const egressHeight = 40 + Math.min(4, scene.egress.lines.length) * EGRESS_LINE;
  const leastHeight = TOP + CLUSTER.header + frontendsHeight + 40 + egressHeight;
  // The last cluster goes down to the bottom, and its way out is level with what it is let out to.
  const last = clusters.at(-1);
  const rowsEnd = last === undefined ? TOP : last.y + last.height - CLUSTER.footer;
  const height = Math.max(leastHeight, rowsEnd + FOOTER_LINE + egressHeight / 2);
  const egressY = height - egressHeight;
  const frontendsEnd = egressY - 30;
  const firstFrontend = TOP + CLUSTER.header - 8;
  const frontendsY = Math.max(firstFrontend, (firstFrontend + frontendsEnd - frontendsHeight) / 2);
  const frontends = new Map(
    addresses.map((address, index) => [
      bare(address),
      frontendsY + index * (FRONTEND.height + FRONTEND.gap) + FRONTEND.height / 2,
    ]),
  );

  const nodes: MapNode[] = [
    box('internet', 'internet', 0, TOP, INTERNET, height - TOP, 'Internet', [], 'off'),
    ...addresses.map((address, index) =>
      box(
        `frontend.${address}`,
        'frontend',
        frontendX,
        frontendsY + index * (FRONTEND.height + FRONTEND.gap),
        FRONTEND.width,
        FRONTEND.height,
        address,
        [],
        scene.frontends.tone,
        scene.isAdopted,
      ),
    ),
    box(
      'egress',
      'egress',
      frontendX,
      egressY,
      FRONTEND.width,
      egressHeight,
      'Egress',
      shortened(scene.egress.lines, 4),
      scene.egress.tone,
      scene.isAdopted,
    ),
    box(
      'firewall',
      'firewall',
      firewallX,
      TOP,
      FIREWALL,
      height - TOP,
      scene.firewall.name,
      scene.firewall.facts,
      scene.firewall.tone,
      scene.isAdopted,
    ),
  ];
  const lines: MapLine[] = [];
  const labels: MapLabel[] = [
    column('Frontends', frontendX),
    column('Firewall', firewallX),
    column('Routes', firewallX + FIREWALL + GAPS.routes / 2, 'middle'),
    column('Clusters', clusterX),
    {
      id: 'routes',
      kind: 'note',
      x: firewallX + FIREWALL + GAPS.routes / 2,
      y: TOP + 24,
      text: scene.routes.name,
      anchor: 'middle',
      tone: scene.routes.tone,
    },
  ];
  const egressMiddle = egressY + egressHeight / 2;
  for (const [address, y] of frontends) {
    lines.push({
      id: `in.${address}`,
      kind: 'ingress',
      path: `M${INTERNET} ${y}H${frontendX}`,
      tone: scene.frontends.tone,
      strokeWidth: 1.5,
    });
  }
  lines.push({
    id: 'out.internet',
    kind: 'egress',
    path: `M${frontendX} ${egressMiddle}H${INTERNET}`,
    isArrow: true,
    tone: scene.egress.tone,
    strokeWidth: 1.5,
  });

  const balancerX = clusterX + CLUSTER.padding;
  const serviceX = balancerX + BALANCER.width + BALANCER.gap;
  const serviceWidth = width - CLUSTER.padding - serviceX;
  for (const placed of clusters) {
    const { cluster, y } = placed;
    const isLast = placed === last;
    const footer = isLast ? egressMiddle : placed.footer;
    const clusterHeight = isLast ? height - y : placed.height;
    nodes.push(
      box(
        `cluster.${cluster.name}`,
        'cluster',
        clusterX,
        y,
        clusterWidth,
        clusterHeight,
        cluster.name,
        clusterLines(cluster),
        cluster.tone,
        cluster.isAdopted,
      ),
    );
    if (placed.entries.length === 0) {
      const middle = y + CLUSTER.header;
      nodes.push(
        box(
          `empty.${cluster.name}`,
          'empty',
          balancerX,
          middle,
          clusterWidth - 2 * CLUSTER.padding,
          ROW.height,
          cluster.empty,
          [],
          'off',
        ),
      );
    }
    for (const { entry, middle } of placed.entries) {
      nodes.push({
        ...box(
          `service.${entry.key}`,
          'service',
          serviceX,
          middle - ROW.height / 2,
          serviceWidth,
          ROW.height,
          entry.title,
          [entry.subtitle],
          entry.tone,
        ),
        href: entry.href,
      });
      if (entry.target !== undefined) {
        nodes.push(
          box(
            `balancer.${entry.key}`,
            'balancer',
            balancerX,
            middle - 14,
            BALANCER.width,
            28,
            entry.target,
            [],
            entry.tone,
          ),
        );
      }
      lines.push(
        ...linesTo(entry, middle, frontends, {
          from: frontendX + FRONTEND.width,
          firewallX,
          to: entry.target === undefined ? serviceX : balancerX,
        }),
      );
      if (entry.target !== undefined) {
        lines.push({
          id: `link.${entry.key}`,
          kind: 'link',
          path: `M${balancerX + BALANCER.width} ${middle}H${serviceX}`,
          tone: entry.tone,
          strokeWidth: 1.5,
          of: entry.key,
        });
      }
      const ports = entry.from.map(({ port, count }) => (port === undefined ? `×${count}` : `:${port}`));
      if (ports.length > 0) {
        labels.push({
          id: `port.${entry.key}`,
          kind: 'port',
          x: firewallX + FIREWALL / 2,
          y: middle,
          text: ports.join(' '),
          anchor: 'middle',
          tone: entry.tone,
        });
      }
    }
    lines.push({
      id: `out.${cluster.name}`,
      kind: 'egress',
      path: wayOut(clusterX, footer, firewallX + FIREWALL - 18, egressMiddle, frontendX + FRONTEND.width),
      tone: scene.routes.tone === 'ok' ? cluster.subnetTone : scene.routes.tone,
      strokeWidth: 1.5,
      isArrow: true,
    });
    labels.push({
      id: `route.${cluster.name}`,
      kind: 'note',
      x: clusterX - GAPS.routes / 2,
      y: footer - 8,
      text: '0.0.0.0/0',
      anchor: 'middle',
      tone: scene.routes.tone,
    });
    labels.push({
      id: `nodes.${cluster.name}`,
      kind: 'note',
      x: balancerX,
      y: footer + 4,
      text: 'nodes and pods',
      anchor: 'start',
      tone: 'off',
    });
  }
  return { width, height: height + 1, nodes, lines, labels };
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
  frontends: ReadonlyMap<string, number>,
  { from, firewallX, to }: { from: number; firewallX: number; to: number },
): readonly MapLine[] {
  return entry.from.flatMap(({ frontend, count, tone }) => {
    const y = frontends.get(bare(frontend));
    if (y === undefined) return [];
    const half = (firewallX - from) / 2;
    const path = `M${from} ${y}C${from + half} ${y} ${firewallX - half} ${middle} ${firewallX} ${middle}H${to}`;
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

function placeClusters(clusters: readonly SceneCluster[]): readonly PlacedCluster[] {
  const placed: PlacedCluster[] = [];
  let y = TOP;
  for (const cluster of clusters) {
    const rows = Math.max(1, cluster.entries.length);
    const rowsHeight = rows * (ROW.height + ROW.gap) - ROW.gap;
    const height = CLUSTER.header + rowsHeight + CLUSTER.footer;
    const first = y + CLUSTER.header;
    const entries = cluster.entries.map((entry, index) => ({
      entry,
      middle: first + index * (ROW.height + ROW.gap) + ROW.height / 2,
    }));
    placed.push({ cluster, y, height, entries, footer: y + height - CLUSTER.footer + FOOTER_LINE });
    y += height + CLUSTER.gap;
  }
  return placed;
}

const clusterLines = ({ subnet, isPrivate, isAdopted }: SceneCluster): readonly string[] => [
  [`subnet ${subnet}`, ...(isPrivate ? ['private API server'] : []), ...(isAdopted ? ['adopted'] : [])].join(' · '),
];

const shortened = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`];

const column = (text: string, x: number, anchor: MapLabel['anchor'] = 'start'): MapLabel => ({
  id: `column.${text}`,
  kind: 'column',
  x,
  y: 14,
  text,
  anchor,
  tone: 'off',
});

function box(
  id: string,
  kind: MapNode['kind'],
  x: number,
  y: number,
  width: number,
  height: number,
  title: string,
  lines: readonly string[],
  tone: MapNode['tone'],
  isForeign = false,
): MapNode {
  return { id, kind, x, y, width, height, title, lines, tone, isForeign };
}

/** Frontends are told as addresses or as ranges of one. */
const bare = (address: string): string => address.replace(/\/32$/, '');
