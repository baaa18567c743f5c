import type { Distribution, Family, Labels } from './instruments.ts';

/** The two text formats that Prometheus reads; OpenMetrics is the standardised one. */
export type MetricsFormat = 'openmetrics' | 'prometheus';

export const metricsContentType: Readonly<Record<MetricsFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/**
 * Metrics as text. The formats differ in what a counter's family is called and in the end mark
 * (https://prometheus.io/docs/specs/om/open_metrics_spec, …/instrumenting/exposition_formats).
 */
export function renderMetrics(families: readonly Family[], format: MetricsFormat): string {
  const lines = families.flatMap(({ name, definition, points, distributions }) => {
    const { type, help, buckets = [] } = definition;
    const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
    return [
      `# HELP ${family} ${escaped(help)}`,
      `# TYPE ${family} ${type}`,
      ...points.map(({ labels, value }) => line(name, labels, value)),
      ...distributions.flatMap((distribution) => bucketLines(name, buckets, distribution)),
    ];
  });
  return [...lines, ...(format === 'openmetrics' ? ['# EOF'] : []), ''].join('\n');
}

function bucketLines(name: string, bounds: readonly number[], { labels, counts, sum }: Distribution): string[] {
  let below = 0;
  const buckets = counts.map((inBucket, index) => {
    below += inBucket;
    const bound = bounds[index];
    return line(`${name}_bucket`, { ...labels, le: bound === undefined ? '+Inf' : String(bound) }, below);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, below)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
