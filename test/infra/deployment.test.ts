import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { instanceMetrics, laneMetrics } from '../../shared/telemetry/metrics.ts';

const text = (file: string) => readFileSync(file, 'utf8');
const json = (file: string) => JSON.parse(text(file)) as Record<string, unknown>;
const names = (file: string, pattern: RegExp) => [...text(file).matchAll(pattern)].map(([, name = '']) => name);

const page = text('docs/deploy.md');
const row = (parameter: string) => new RegExp(`^\\| \`${parameter}\` .*$`, 'm').exec(page)?.[0] ?? '';

describe('each parameter of the template', () => {
  const parameters = names('infra/main.bicep', /^param (\w+)/gm);

  test.each(parameters)('%s is described, documented, and given a value or left to a default', (parameter) => {
    expect(text('infra/main.bicep')).toMatch(new RegExp(`@description\\('.+'\\)\nparam ${parameter}\\b`));
    expect(row(parameter)).not.toBe('');
    const given = new RegExp(`^param ${parameter} = .*$`, 'm').exec(text('infra/main.bicepparam'))?.[0];
    const [variable = '–'] = /(?<=readEnvironmentVariable\(')\w+/.exec(given ?? '') ?? [];
    expect(row(parameter)).toContain(variable);
  });

  test('is all that the page documents', () => {
    const documented = names('docs/deploy.md', /^\| `([a-z]\w+)` +\| (?:`[A-Z_]+`|–)/gm);
    expect(documented).toEqual(parameters);
  });

  test.each(names('infra/main.bicepparam', /^param (\w+) = .*readEnvironmentVariable\('\w+', '/gm))(
    '%s has the same default from the environment as in the template, and that is documented',
    (parameter) => {
      const ofParameters = new RegExp(`^param ${parameter} = .*readEnvironmentVariable\\('\\w+', '([^']*)'`, 'm');
      const [, value = ''] = ofParameters.exec(text('infra/main.bicepparam')) ?? [];
      const [, inTemplate = ''] =
        new RegExp(`^param ${parameter} .* = (.+)$`, 'm').exec(text('infra/main.bicep')) ?? [];
      // A name made of another one is spelt differently in the two.
      if (value.includes('${')) return expect(inTemplate).toBe("'${name}-gatehouse-rg'");
      expect(inTemplate.replaceAll("'", '').replace('[]', '')).toBe(value);
      if (value !== '') expect(row(parameter)).toContain(value);
    },
  );
});

describe('app settings', () => {
  const known = new Set(names('shared/settings.ts', /\b(GATEHOUSE_[A-Z_]+)\b/g));
  const set = names('infra/modules/app.bicep', /^ +(GATEHOUSE_[A-Z_]+):/gm);

  test('that the template sets are settings of the app', () => {
    expect(set.length).toBeGreaterThan(5);
    expect(set.filter((name) => !known.has(name))).toEqual([]);
  });

  /** Why the template leaves a setting out. */
  const left = {
    GATEHOUSE_ARM_AUDIENCE: 'follows the cloud',
    GATEHOUSE_ARM_ENDPOINT: 'follows the cloud',
    GATEHOUSE_AUTHORITY_HOST: 'follows the cloud',
    GATEHOUSE_EVENTS_ENDPOINT: 'events go to the function',
    GATEHOUSE_NOTIFY_URL: 'a secret of whoever has a webhook, best a Key Vault reference',
    GATEHOUSE_NOTIFY_HOSTS: 'goes with GATEHOUSE_NOTIFY_URL',
    GATEHOUSE_NOTIFY_FORMAT: 'goes with GATEHOUSE_NOTIFY_URL',
    GATEHOUSE_PROBE_ENDPOINT: 'the app connects by itself',
    GATEHOUSE_DRIFT_SCHEDULE: 'has a good default',
    GATEHOUSE_SERVICE_POLL: 'has a good default',
    GATEHOUSE_RATE_LIMIT: 'has a good default',
    GATEHOUSE_RATE_LIMIT_TOTAL: 'has a good default',
    GATEHOUSE_LOG_LEVEL: 'has a good default',
  };

  test('that the app has are set, or left out for a reason', () => {
    const documented = names('docs/settings.md', /^\| `(GATEHOUSE_[A-Z_]+)`/gm);
    expect(documented.filter((name) => !set.includes(name) && !(name in left))).toEqual([]);
    expect(set.filter((name) => name in left)).toEqual([]);
  });

  test('name functions that the app has', () => {
    const functions = readdirSync('functions', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const code = functions.map((file) => text(`functions/${file}`)).join('\n');
    expect(code).toContain("app.eventGrid('loadBalancerChanged'");
    expect(text('infra/modules/app.bicep')).toContain("'loadBalancerChanged')");
    expect(code).toContain("app.timer('driftTimer'");
    expect(text('infra/modules/alerts.bicep')).toContain('"driftTimer"');
  });
});

test('azd finds the templates, the package and the app', () => {
  const project = parse(text('azure.yaml')) as {
    readonly infra: { readonly path: string; readonly module: string };
    readonly services: Readonly<Record<string, { readonly project: string }>>;
    readonly hooks: { readonly prepackage: Readonly<Record<string, { readonly run: string }>> };
  };
  expect(existsSync(`${project.infra.path}/${project.infra.module}.bicep`)).toBe(true);
  const [[service, { project: folder }] = ['', { project: '' }]] = Object.entries(project.services);
  expect(text('infra/modules/app.bicep')).toContain(`'azd-service-name': '${service}'`);
  expect(folder).toBe('dist-package/app');
  expect(text('packaging/main.ts')).toContain("default: 'dist-package'");
  for (const { run } of Object.values(project.hooks.prepackage))
    for (const file of run.match(/[\w./]*host[\w.]*\.json/g) ?? []) expect(existsSync(file)).toBe(true);
});

test("the scheduler's host.json differs from the other in its backend alone", () => {
  const backendOf = (file: string) => {
    const host = json(file) as { extensions: { durableTask: Record<string, unknown> } };
    const { hubName, storageProvider, ...others } = host.extensions.durableTask;
    const extensions = { ...host.extensions, durableTask: others };
    return { hubName, storageProvider, others: { ...host, extensions } };
  };
  const scheduler = backendOf('infra/host.scheduler.json');
  expect(scheduler.others).toEqual(backendOf('host.json').others);
  const settings = text('infra/modules/app.bicep');
  expect(scheduler.storageProvider).toEqual({
    type: 'azureManaged',
    connectionStringName: expect.stringMatching(/^\w+$/),
  });
  const { connectionStringName } = scheduler.storageProvider as { readonly connectionStringName: string };
  expect(settings).toContain(`${connectionStringName}: scheduler!.connection`);
  expect(settings).toContain(`${String(scheduler.hubName).replaceAll('%', '')}: scheduler!.taskHub`);
});

test.each(['infra/modules/alerts.bicep', 'infra/modules/workbook.json'])(
  '%s asks for metrics and labels that the app has',
  (file) => {
    const queries = text(file)
      .split('\n')
      .filter((line) => line.includes('AppMetrics'));
    expect(queries).not.toEqual([]);
    const known: Readonly<Record<string, { readonly labels: readonly string[] }>> = {
      ...laneMetrics,
      ...instanceMetrics,
    };
    for (const query of queries) {
      const asked = query.match(/\bgatehouse_\w+/g) ?? [];
      const labels = [...query.matchAll(/Properties\.(\w+)/g)].map(([, label]) => label);
      expect(asked).not.toEqual([]);
      for (const name of asked) expect(known[name]?.labels).toEqual(expect.arrayContaining(labels));
    }
  },
);

test('the app registration has the roles that routes ask for, and the sign-in lets through what signs in otherwise', () => {
  const { appRoles } = json('infra/entra/application.json') as { appRoles: readonly { value: string; id: string }[] };
  const [, roles = ''] = /const roles = \[(.+)\] as const/.exec(text('functions/http/roles.ts')) ?? [];
  expect(appRoles.map(({ value }) => `'${value}'`).join(', ')).toBe(roles);
  expect(new Set(appRoles.map(({ id }) => id)).size).toBe(appRoles.length);
  const [, paths = ''] = /excludedPaths: \[(.+)\]/.exec(text('infra/modules/app.bicep')) ?? [];
  expect(paths).toBe("'/api/health', '/api/ui', '/runtime/webhooks/eventgrid', '/runtime/webhooks/EventGrid'");
});
