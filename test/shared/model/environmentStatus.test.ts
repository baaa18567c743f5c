import fc from 'fast-check';
import {
  environmentStatus,
  MAX_STATUS_CHARACTERS,
  type EnvironmentStatusInput,
} from '../../../shared/model/environmentStatus.ts';
import type { StepStatus } from '../../../shared/model/step.ts';

const time = '2026-01-01T00:00:00.000Z';
const base: EnvironmentStatusInput = {
  name: 'shop',
  state: 'provisioning',
  since: time,
  steps: [],
  writes: 0,
  firewallWrites: 0,
  syncs: 2,
  driftRepairs: 1,
  publications: 3,
  findings: [],
};

test('steps are counted and shown as they are', () => {
  const steps: readonly StepStatus[] = [
    { name: 'preflight', state: 'done', startedAt: time, finishedAt: time, changed: false },
    { name: 'firewall', state: 'running', startedAt: time, detail: 'waiting for Azure' },
    {
      name: 'cluster',
      state: 'failed',
      problem: { code: 'QuotaExceeded', message: 'no cores', remedy: 'Ask for more.' },
    },
  ];
  expect(environmentStatus({ ...base, steps, writes: 4, firewallWrites: 1 })).toEqual({
    name: 'shop',
    state: 'provisioning',
    since: time,
    steps,
    counts: {
      stepsDone: 1,
      stepsTotal: 3,
      writes: 4,
      firewallWrites: 1,
      syncs: 2,
      driftRepairs: 1,
      publications: 3,
    },
    findings: [],
  });
});

test('the newest ten findings are shown, newest first', () => {
  const findings = Array.from({ length: 15 }, (_, index) => ({
    time: `2026-01-01T00:00:${String(index).padStart(2, '0')}.000Z`,
    severity: 'info' as const,
    message: `finding ${index}`,
  }));
  expect(environmentStatus({ ...base, findings }).findings.map(({ message }) => message)).toEqual(
    [14, 13, 12, 11, 10, 9, 8, 7, 6, 5].map((index) => `finding ${index}`),
  );
});

test('texts that are too long are cut, and nothing else goes', () => {
  const steps: readonly StepStatus[] = [{ name: 'firewall', state: 'failed', detail: 'x'.repeat(10_000) }];
  const status = environmentStatus({ ...base, steps });
  expect(status.steps[0]?.detail).toMatch(/^x{999}…$/);
});

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 3000 }), fc.constant('\u0000'.repeat(3000)));
const step = fc.record<StepStatus>(
  {
    name: fc.constantFrom('preflight', 'networkRouting', 'clusterRoles'),
    state: fc.constantFrom('pending', 'running', 'done', 'failed'),
    startedAt: text,
    finishedAt: text,
    changed: fc.boolean(),
    detail: text,
    problem: fc.record({ code: text, message: text, remedy: text }),
  },
  { requiredKeys: ['name', 'state'] },
);
const finding = fc.record({
  time: text,
  severity: fc.constantFrom('info' as const, 'warning' as const, 'error' as const),
  message: text,
});

test('whatever goes in, the status stays below the platform’s limit', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(finding, { maxLength: 30 }),
      text,
      fc.double(),
      (steps, findings, name, writes) => {
        const status = environmentStatus({ ...base, name, since: name, steps, findings, writes });
        expect(JSON.stringify(status).length).toBeLessThanOrEqual(MAX_STATUS_CHARACTERS);
      },
    ),
    { numRuns: 200 },
  );
});
