import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { articleSpec } from './spec.ts';

/** An environment that is ready, as GET /environments/{name} tells it. */
export function environmentAnswer(over: Partial<EnvironmentAnswer> = {}, spec: object = {}): EnvironmentAnswer {
  const parsed = articleSpec({ name: 'shop', ...spec });
  return {
    name: 'shop',
    state: 'ready',
    since: '2026-01-01T00:16:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:16:00.000Z',
    steps: [],
    counts: { stepsDone: 0, stepsTotal: 0, writes: 0, firewallWrites: 0, syncs: 0, driftRepairs: 0, publications: 0 },
    findings: [],
    history: [],
    clusters: [
      {
        name: 'shop',
        id: resourceIds(parsed).cluster,
        isPrivate: false,
        isAdopted: false,
        subnets: [{ id: resourceIds(parsed).clusterSubnet, prefixes: ['10.42.1.0/24'] }],
      },
    ],
    resources: resourceIds(parsed),
    spec: parsed,
    ...over,
  };
}

type Publication = ServicesAnswer['unchanged'][number];

export function publication(
  service: string,
  over: Partial<Omit<Publication, 'rule'>> & { readonly frontend?: string } = {},
): Publication {
  const { frontend = '20.0.0.1', cluster = 'shop', namespace = 'default', port = 80, ...rest } = over;
  const ruleName = `${cluster}.${namespace}.${service}.${port}.tcp`;
  return {
    ...{ cluster, namespace, service, port, ruleName, protocol: 'TCP', warnings: [] },
    rule: {
      name: ruleName,
      frontend,
      port,
      protocol: 'TCP',
      sources: ['*'],
      translatedAddress: '10.42.1.200',
      translatedPort: port,
    },
    ...rest,
  };
}

export const servicesAnswer = (over: Partial<ServicesAnswer> = {}): ServicesAnswer => ({
  name: 'shop',
  policy: 'sync',
  frontends: ['20.0.0.1'],
  created: [],
  updated: [],
  unchanged: [],
  deleted: [],
  skipped: [],
  conflicts: [],
  kept: [],
  problems: [],
  ...over,
});

export const driftAnswer = (...findings: DriftAnswer['findings']): DriftAnswer => ({
  name: 'shop',
  action: 'repair',
  inSync: findings.length === 0,
  findings,
});
