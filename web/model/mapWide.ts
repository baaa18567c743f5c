import { bare, box, type MapLabel, type MapLayout, type MapLine, type MapNode } from './mapShapes.ts';
import type { MapScene } from './mapScene.ts';
import { drawTarget, placeTargets } from './mapWideTarget.ts';

// Pixels.
const TOP = 30;
const INTERNET = 104;
const FRONTEND = { width: 152, height: 44, gap: 14 };
const FIREWALL = 164;
const GAPS = { internet: 44, frontend: 68, routes: 112 };
/** Of the first frontend below the top, and of the egress below the last one. */
const FRONTENDS = { above: 54, below: 30 };
const EGRESS = { header: 40, line: 17, mostLines: 4 };

/**
 * From the Internet on the left to the services on the right. A publication comes from its frontend, passes the firewall at the
 * height of its service, and goes on to the load balancer; below, the way out goes back.
 */
export function wideLayout(scene: MapScene, width: number): MapLayout {
  const { frontends, firewall, egress, routes, targets, isAdopted } = scene;
  const frontendX = INTERNET + GAPS.internet;
  const frontendsEnd = frontendX + FRONTEND.width;
  const firewallX = frontendsEnd + GAPS.frontend;
  const firewallEnd = firewallX + FIREWALL;
  const targetX = firewallEnd + GAPS.routes;

  const egressLines = shortened(egress.lines, EGRESS.mostLines);
  const egressHeight = EGRESS.header + egressLines.length * EGRESS.line;
  const frontendsHeight = frontends.addresses.length * (FRONTEND.height + FRONTEND.gap) - FRONTEND.gap;
  const placed = placeTargets(targets, TOP);
  const last = placed.at(-1);
  const height = Math.max(
    TOP + FRONTENDS.above + frontendsHeight + FRONTENDS.below + 18 + egressHeight,
    (last?.footer ?? TOP) + egressHeight / 2,
  );
  const egressY = height - egressHeight / 2;
  const firstFrontend = TOP + FRONTENDS.above;
  const frontendsRoom = height - egressHeight - FRONTENDS.below - frontendsHeight;
  const frontendsY = Math.max(firstFrontend, (firstFrontend + frontendsRoom) / 2);
  const placedFrontends = frontends.addresses.map((address, index) => {
    const y = frontendsY + index * (FRONTEND.height + FRONTEND.gap);
    return { address, y, middle: y + FRONTEND.height / 2 };
  });

  const drawn = placed.map((one) =>
    // The last one goes down to the bottom, and its way out is level with what it is let out to.
    drawTarget(one === last ? { ...one, height: height - one.y, footer: egressY } : one, {
      x: targetX,
      width: width - targetX,
      frontendsEnd,
      frontends: new Map(placedFrontends.map(({ address, middle }) => [bare(address), middle])),
      firewall: { x: firewallX, end: firewallEnd },
      egressY,
      routesTone: routes.tone,
    }),
  );
  const frontendBox = (y: number, boxHeight: number) => ({
    x: frontendX,
    y,
    width: FRONTEND.width,
    height: boxHeight,
  });
  const fullHeight = { y: TOP, height: height - TOP };
  const nodes: MapNode[] = [
    box('internet', 'internet', { x: 0, width: INTERNET, ...fullHeight }, 'Internet', [], 'off'),
    ...placedFrontends.map(({ address, y }) =>
      box(`frontend.${address}`, 'frontend', frontendBox(y, FRONTEND.height), address, [], frontends.tone, isAdopted),
    ),
    box(
      'egress',
      'egress',
      frontendBox(height - egressHeight, egressHeight),
      'Egress',
      egressLines,
      egress.tone,
      isAdopted,
    ),
    box(
      'firewall',
      'firewall',
      { x: firewallX, width: FIREWALL, ...fullHeight },
      firewall.name,
      firewall.facts,
      firewall.tone,
      isAdopted,
    ),
    ...drawn.flatMap((one) => one.nodes),
  ];
  const lines: MapLine[] = [
    ...placedFrontends.map(({ address, middle }): MapLine => ({
      id: `in.${bare(address)}`,
      kind: 'ingress',
      path: `M${INTERNET} ${middle}H${frontendX}`,
      tone: frontends.tone,
      strokeWidth: 1.5,
    })),
    {
      id: 'out.internet',
      kind: 'egress',
      path: `M${frontendX} ${egressY}H${INTERNET}`,
      isArrow: true,
      tone: egress.tone,
      strokeWidth: 1.5,
    },
    ...drawn.flatMap((one) => one.lines),
  ];
  const labels: MapLabel[] = [
    column('Frontends', frontendX),
    column('Firewall', firewallX),
    column('Routes', firewallEnd + GAPS.routes / 2, 'middle'),
    column(targets.some(({ kind }) => kind === 'jumpbox') ? 'Clusters and jumpbox' : 'Clusters', targetX),
    ...drawn.flatMap((one) => one.labels),
  ];
  return { width, height: height + 1, nodes, lines, labels };
}

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
