import { readFileSync } from 'node:fs';
import { instanceMetrics, laneMetrics, type MetricDefinition } from '../../../shared/telemetry/metrics.ts';

const metrics: Readonly<Record<string, MetricDefinition>> = { ...laneMetrics, ...instanceMetrics };

test('the page has exactly the metrics, with their types, labels and sources', () => {
  const rows = [
    ...readFileSync('docs/telemetry.md', 'utf8').matchAll(/^\| `(gatehouse_\w+)` +\| (\w+) +\| ([^|]+)\| (\w+)/gm),
  ];
  const documented = rows.map(([, name = '', type, labels = '', source]) => [
    name,
    { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label), source },
  ]);
  const defined = Object.entries(metrics).map(([name, { type, labels, source }]) => [name, { type, labels, source }]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(defined));
});

test.each(Object.entries(metrics))('%s is named as Prometheus names metrics', (name, { type, buckets }) => {
  expect(name).toMatch(/^gatehouse_[a-z_]+$/);
  expect(name.endsWith('_total')).toBe(type === 'counter');
  expect(buckets !== undefined).toBe(type === 'histogram');
  expect(buckets ?? []).toEqual([...(buckets ?? [])].sort((a, b) => a - b));
});
