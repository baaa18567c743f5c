import { instanceMetrics, type InstanceMetric, type MetricDefinition } from './metrics.ts';

/** Values by label. */
export type Labels = Readonly<Record<string, string>>;

/** One series of a counter or gauge. */
export interface Point {
  readonly labels: Labels;
  readonly value: number;
}

/** One series of a histogram. */
export interface Distribution {
  readonly labels: Labels;
  /** How many values each bucket has, those above the last bound in one more. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A metric with everything that is known of it. */
export interface Family {
  readonly name: string;
  readonly definition: MetricDefinition;
  readonly points: readonly Point[];
  readonly distributions: readonly Distribution[];
}

/** Beyond it, further combinations of labels are counted together: what a series costs is paid for ever. */
const MAX_SERIES = 500;
const OTHER = 'other';

interface Counted {
  readonly labels: Labels;
  value: number;
}
interface Measured {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
}

const counters = new Map<string, Map<string, Counted>>();
const histograms = new Map<string, Map<string, Measured>>();
const listeners = new Set<(metric: InstanceMetric, labels: Labels, value: number) => void>();

/** Counts something that happened in this process. */
export function count(metric: InstanceMetric, labels: Labels = {}): void {
  seriesOf(counters, metric, labels, (own) => ({ labels: own, value: 0 })).value++;
}

/** Takes a value, in the metric's unit, into a histogram of this process. */
export function observe(metric: InstanceMetric, labels: Labels, value: number): void {
  const bounds = boundsOf(metric);
  const series = seriesOf(histograms, metric, labels, (own) => ({
    labels: own,
    counts: new Array<number>(bounds.length + 1).fill(0),
    sum: 0,
  }));
  const bucket = bounds.findIndex((bound) => value <= bound);
  const index = bucket === -1 ? bounds.length : bucket;
  series.counts[index] = (series.counts[index] ?? 0) + 1;
  series.sum += value;
  for (const listener of listeners) listener(metric, series.labels, value);
}

/** Hears of each value that a histogram takes from now on. */
export function onObserved(listener: (metric: InstanceMetric, labels: Labels, value: number) => void): void {
  listeners.add(listener);
}

/** Everything that this process has counted so far. */
export const instanceFamilies = (): readonly Family[] =>
  Object.entries<MetricDefinition>(instanceMetrics).map(([name, definition]) => ({
    name,
    definition,
    points: [...(counters.get(name)?.values() ?? [])].map(({ labels, value }) => ({ labels, value })),
    distributions: [...(histograms.get(name)?.values() ?? [])].map(({ labels, counts, sum }) => ({
      labels,
      counts: [...counts],
      sum,
    })),
  }));

const boundsOf = (metric: InstanceMetric): readonly number[] => {
  const definition: MetricDefinition = instanceMetrics[metric];
  return definition.buckets ?? [];
};

function seriesOf<T>(
  all: Map<string, Map<string, T>>,
  metric: InstanceMetric,
  labels: Labels,
  create: (labels: Labels) => T,
): T {
  let series = all.get(metric);
  if (series === undefined) all.set(metric, (series = new Map<string, T>()));
  const given = instanceMetrics[metric].labels.map((label) => [label, labels[label] ?? ''] as const);
  const isFull = series.size >= MAX_SERIES && !series.has(keyOf(given));
  const own = isFull ? given.map(([label]) => [label, OTHER] as const) : given;
  const key = keyOf(own);
  let found = series.get(key);
  if (found === undefined) series.set(key, (found = create(Object.fromEntries(own))));
  return found;
}

const keyOf = (labels: readonly (readonly [string, string])[]): string => JSON.stringify(labels);
