import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { mapLayout } from '../model/mapLayout.ts';
import { mapScene } from '../model/mapScene.ts';
import { fitted, type MapLabel, type MapLine, type MapNode } from '../model/mapShapes.ts';
import type { EnvironmentPlace } from '../model/place.ts';
import type { ServiceRow } from '../model/serviceRows.ts';
import type { Tone } from '../model/tone.ts';
import { MapInWords } from './MapInWords.tsx';
import { textWidth, type TextFont } from './textWidth.ts';

interface MapProps {
  readonly environment: EnvironmentAnswer;
  readonly rows: readonly ServiceRow[];
  readonly services: ServicesAnswer | undefined;
  readonly drift: DriftAnswer | undefined;
  readonly place: EnvironmentPlace;
}

/** The environment as a map, drawn to the width that there is; the same in words below it. */
export function MapView({ environment, rows, services, drift, place }: MapProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const scene = useMemo(() => mapScene(environment, rows, services, drift), [environment, rows, services, drift]);
  const layout = useMemo(() => (width === 0 ? undefined : mapLayout(scene, width)), [scene, width]);
  const [lit, setLit] = useState<string>();
  const selected = rows.find(
    ({ cluster, namespace, service }) =>
      cluster === place.service?.cluster && namespace === place.service.namespace && service === place.service.service,
  )?.key;
  const current = lit ?? selected;
  return (
    <figure class="map card">
      <figcaption class="hidden">Map of {environment.name}: the ways in from the Internet, and the way out.</figcaption>
      <div ref={frame} class="map-frame">
        {layout !== undefined && (
          <svg
            class={current === undefined ? '' : 'has-lit'}
            width={layout.width}
            height={layout.height}
            viewBox={`0 0 ${layout.width} ${layout.height}`}
            role="group"
            aria-label={`Map of ${environment.name}; the same in words follows`}
          >
            <g>
              {layout.nodes.filter(isGround).map((node) => (
                <Node key={node.id} node={node} isLit={false} />
              ))}
            </g>
            <Arrows />
            <g aria-hidden="true">
              {layout.lines.map((line) => (
                <Line key={line.id} line={line} isLit={line.of !== undefined && line.of === current} />
              ))}
            </g>
            <g>
              {layout.nodes
                .filter((node) => !isGround(node))
                .map((node) => (
                  <Node
                    key={node.id}
                    node={node}
                    isLit={current !== undefined && keyOf(node) === current}
                    onLight={setLit}
                  />
                ))}
            </g>
            <g aria-hidden="true">
              {layout.labels.map((label) => (
                <Label key={label.id} label={label} />
              ))}
            </g>
          </svg>
        )}
      </div>
      <Legend isAdopted={scene.isAdopted} />
      <MapInWords scene={scene} />
    </figure>
  );
}

/** As in styles/map.css. */
const fonts = {
  title: { size: 13.5, weight: 600, family: '--font' },
  service: { size: 12.5, weight: 560, family: '--font' },
  address: { size: 12, weight: 500, family: '--mono' },
  line: { size: 11.5, weight: 450, family: '--font' },
  note: { size: 11, weight: 600, family: '--font' },
} as const satisfies Readonly<Record<string, TextFont>>;

function titleFont(kind: MapNode['kind']): TextFont {
  if (kind === 'balancer' || kind === 'frontend') return fonts.address;
  return kind === 'service' ? fonts.service : fonts.title;
}

const shortened = (text: string, room: number, font: TextFont): string =>
  fitted(text, room, (part) => textWidth(part, font));

/** What lines run over. */
const isGround = ({ kind }: MapNode): boolean => kind === 'cluster' || kind === 'firewall';

const keyOf = ({ id, kind }: MapNode): string | undefined =>
  kind === 'service' ? id.slice('service.'.length) : undefined;

function Node(props: {
  readonly node: MapNode;
  readonly isLit: boolean;
  readonly onLight?: (key: string | undefined) => void;
}) {
  const { node, isLit, onLight } = props;
  const { kind, x, y, width, height, title, lines, tone, isForeign, href } = node;
  const key = keyOf(node);
  const room = width - (kind === 'balancer' ? 16 : 24);
  const isTall = kind === 'internet' && height > 80;
  const isBare = lines.length === 0;
  const shown = (
    <g
      class={`node ${kind} tone-${tone} ${isForeign ? 'foreign' : ''} ${isLit ? 'lit' : ''}`}
      transform={`translate(${x} ${y})`}
      {...(key === undefined || onLight === undefined
        ? {}
        : { onMouseEnter: () => onLight(key), onMouseLeave: () => onLight(undefined) })}
    >
      {href === undefined && <title>{[title, ...lines].join(', ')}</title>}
      <rect width={width} height={height} rx={kind === 'cluster' || kind === 'firewall' ? 10 : 7} />
      {isTall ? (
        <text class="node-title" x={width / 2} y={34} text-anchor="middle">
          {title}
        </text>
      ) : (
        <>
          <text class="node-title" x={12} y={isBare ? height / 2 + 4.5 : height === 40 ? 17 : height === 48 ? 20 : 24}>
            {/* The space keeps title and lines apart where they are read out as one. */}
            {shortened(title, room, titleFont(kind))}{' '}
          </text>
          {lines.map((line, index) => (
            <text key={line} class="node-line" x={12} y={(height === 40 ? 32 : height === 48 ? 37 : 42) + index * 17}>
              {shortened(line, room, fonts.line)}
            </text>
          ))}
        </>
      )}
      {tone === 'bad' && kind !== 'balancer' && <path class="cross" d={`M${width - 17} 9l8 8m0-8l-8 8`} />}
    </g>
  );
  if (href === undefined) return shown;
  return (
    <a
      href={href}
      {...(key === undefined || onLight === undefined
        ? {}
        : { onFocus: () => onLight(key), onBlur: () => onLight(undefined) })}
    >
      {shown}
    </a>
  );
}

function Line({ line, isLit }: { readonly line: MapLine; readonly isLit: boolean }) {
  const { kind, path, tone, strokeWidth, isArrow } = line;
  return (
    <path
      class={`line ${kind} tone-${tone} ${isLit ? 'lit' : ''}`}
      d={path}
      stroke-width={strokeWidth}
      marker-end={isArrow ? 'url(#arrow)' : undefined}
    />
  );
}

/** The head of an arrow, in the colour of its line. */
function Arrows() {
  return (
    <defs>
      <marker
        id="arrow"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M1 1l6 3-6 3z" />
      </marker>
    </defs>
  );
}

function Label({ label }: { readonly label: MapLabel }) {
  const { kind, x, y, text, anchor, tone } = label;
  if (kind !== 'port') {
    return (
      <text class={`label ${kind} tone-${tone}`} x={x} y={y} text-anchor={anchor}>
        {kind === 'note' && anchor === 'middle' ? shortened(text, 104, fonts.note) : text}
      </text>
    );
  }
  const width = Math.max(34, text.length * 7 + 14);
  return (
    <g class={`label port tone-${tone}`} transform={`translate(${x} ${y})`}>
      <rect x={-width / 2} y={-10} width={width} height={20} rx={10} />
      <text y={4} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}

const legend: readonly (readonly [Tone, string])[] = [
  ['ok', 'as it should be'],
  ['busy', 'being changed'],
  ['warn', 'waits for somebody, or can’t be read'],
  ['bad', 'broken or changed by hand'],
];

function Legend({ isAdopted }: { readonly isAdopted: boolean }) {
  return (
    <ul class="legend">
      {legend.map(([tone, text]) => (
        <li key={tone}>
          <svg class={`line tone-${tone}`} viewBox="0 0 24 8" aria-hidden="true">
            <path class={`line publication tone-${tone}`} d="M0 4H24" stroke-width="2" />
          </svg>
          {text}
        </li>
      ))}
      {isAdopted && (
        <li>
          <svg viewBox="0 0 24 12" aria-hidden="true" class="foreign-sign">
            <rect x="1" y="1" width="22" height="10" rx="3" />
          </svg>
          adopted, not ours
        </li>
      )}
    </ul>
  );
}

function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return width;
}
