import { decode, encode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/** A source map (JSON) without what it says of packages; positions in them are left unmapped. */
export function ownMappings(json: string): string {
  const { version, sources, names, mappings } = JSON.parse(json) as SourceMap;
  const keptSources = compacted(sources.filter(isOwn));
  const keptNames = compacted<string>([]);
  const lines: SourceMapMappings = decode(mappings).map((segments) => {
    const kept: SourceMapSegment[] = [];
    for (const segment of segments) {
      const source = segment.length === 1 ? undefined : keptSources.indexOf(sources[segment[1]]);
      if (segment.length === 1 || source === undefined) {
        // What stands here is not the continuation of our own code before it.
        if ((kept.at(-1)?.length ?? 1) > 1) kept.push([segment[0]]);
      } else if (segment.length === 4) kept.push([segment[0], source, segment[2], segment[3]]);
      else kept.push([segment[0], source, segment[2], segment[3], keptNames.add(names[segment[4]] ?? '')]);
    }
    return kept;
  });
  return JSON.stringify({
    version,
    sources: keptSources.values(),
    names: keptNames.values(),
    mappings: encode(lines).replace(/;+$/, ''),
  });
}

/** Packages may bring maps of their own along, whose sources have a scheme (webpack://…). */
const isOwn = (source: string): boolean => !/node_modules\/|^\w+:/.test(source);

/** A list in which each value has its place. */
function compacted<Value>(initial: readonly Value[]) {
  const places = new Map(initial.map((value, index) => [value, index]));
  return {
    indexOf: (value: Value | undefined) => (value === undefined ? undefined : places.get(value)),
    add: (value: Value): number => {
      const place = places.get(value) ?? places.size;
      places.set(value, place);
      return place;
    },
    values: () => [...places.keys()],
  };
}
