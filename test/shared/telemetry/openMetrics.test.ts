import type { Family } from '../../../shared/telemetry/instruments.ts';
import { renderMetrics } from '../../../shared/telemetry/openMetrics.ts';

const counter: Family = {
  name: 'x_total',
  definition: { type: 'counter', help: 'A "quoted"\nhelp.', labels: ['what'], source: 'instance' },
  points: [{ labels: { what: 'a\\b"c\nd' }, value: 3 }],
  distributions: [],
};
const histogram: Family = {
  name: 'x_seconds',
  definition: { type: 'histogram', help: 'Help.', labels: [], source: 'instance', buckets: [1, 2] },
  points: [],
  distributions: [{ labels: {}, counts: [2, 0, 1], sum: 10.5 }],
};

test('labels and helps are escaped', () => {
  expect(renderMetrics([counter], 'prometheus')).toBe(
    '# HELP x_total A "quoted"\\nhelp.\n# TYPE x_total counter\nx_total{what="a\\\\b\\"c\\nd"} 3\n',
  );
});

test('OpenMetrics calls a counter by its name without _total, and ends with a mark', () => {
  const text = renderMetrics([counter], 'openmetrics');
  expect(text).toContain('# TYPE x counter\nx_total{');
  expect(text.endsWith('\n# EOF\n')).toBe(true);
});

test('buckets of a histogram are cumulative', () => {
  expect(renderMetrics([histogram], 'prometheus').split('\n').slice(2, -1)).toEqual([
    'x_seconds_bucket{le="1"} 2',
    'x_seconds_bucket{le="2"} 2',
    'x_seconds_bucket{le="+Inf"} 3',
    'x_seconds_sum 10.5',
    'x_seconds_count 3',
  ]);
});
