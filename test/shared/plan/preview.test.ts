import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Paint } from '../../../shared/plan/paint.ts';
import { changesSomething, isBlocked, renderPreview, type Preview } from '../../../shared/plan/preview.ts';
import { withPublications } from '../../../shared/plan/previewedPublications.ts';
import { articleSpec } from '../../support/spec.ts';
import { complete, firewallWith, plan, service } from './ingressScene.ts';

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'golden', `${name}.txt`), 'utf8');

/** An environment whose resources are all as the spec wants them. */
const quiet: Preview = {
  environment: 'aks-egress',
  subscription: '00000000-0000-0000-0000-0000000000aa',
  location: 'eastus',
  counts: { create: 0, modify: 0, none: 1, foreign: 0 },
  resources: [
    {
      kind: 'firewall',
      id: '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/aks-egress-rg/providers/Microsoft.Network/azureFirewalls/aks-egress-fw',
      action: 'none',
      differences: [],
    },
  ],
  firewallWrites: 0,
  expectedMinutes: 0,
  warnings: [],
  hints: [],
  conflicts: [],
  problems: [],
};

const standing = ['a', 'b', 'c'].map((name, index) =>
  service({ name, ports: [{ port: 8000 + index }], ips: ['20.81.1.2'] }),
);
/** One stays, two go, one changes its sources and one comes. */
const changed = plan({
  firewall: firewallWith(...standing, service({ name: 'web' })),
  lists: [
    complete(
      standing[0]!,
      service({ name: 'web', annotations: { 'gatehouse.dev/sources': '198.51.100.0/24' } }),
      service({ name: 'new', ports: [{ port: 443 }] }),
    ),
  ],
});

describe('a preview of what services call for', () => {
  const preview = withPublications(quiet, changed, articleSpec());

  test('tells rules to create, modify and delete, what opens to the Internet, and the one write', () => {
    expect(renderPreview(preview)).toBe(golden('publications'));
  });

  test('holds the same as data', () => {
    expect(preview).toMatchObject({
      firewallWrites: 1,
      expectedMinutes: 4,
      publications: {
        unchanged: 1,
        writes: true,
        created: [{ service: 'new' }],
        updated: [{ changed: ['sourceAddresses'] }],
      },
    });
    expect(preview.publications.deleted).toHaveLength(2);
    expect([changesSomething(preview), isBlocked(preview)]).toEqual([true, false]);
  });

  test('of rules that are as they should be changes nothing and warns of nothing', () => {
    const same = plan({ firewall: firewallWith(...standing), lists: [complete(...standing)] });
    const unchanged = withPublications(quiet, same, articleSpec());
    expect(changesSomething(unchanged)).toBe(false);
    expect(unchanged.warnings).toEqual([]);
  });

  test('counts one write where firewall and rules are written together, and a shorter one with a policy', () => {
    expect(
      withPublications({ ...quiet, firewallWrites: 1, expectedMinutes: 4 }, changed, articleSpec()).firewallWrites,
    ).toBe(1);
    const policy = articleSpec({ firewall: { rules: 'policy' } });
    expect(withPublications(quiet, changed, policy).expectedMinutes).toBe(1.5);
  });
});

test('what stands in the way and what another spec changes come last', () => {
  const preview: Preview = {
    ...quiet,
    conflicts: [{ path: '', message: 'The group is foreign.', remedy: 'Choose another name.' }],
    problems: [{ path: 'location', message: 'The region has no such sizes.', remedy: 'Choose another.' }],
    changes: [
      { path: 'firewall.threatIntel', before: 'Alert', after: 'Deny', applied: 'in place' },
      {
        path: 'location',
        before: 'eastus',
        after: 'westus',
        applied: 'refused',
        message: 'stays',
        remedy: 'Start another',
      },
    ],
  };
  expect(renderPreview(preview)).toBe(golden('blocked'));
  expect(isBlocked(preview)).toBe(true);
  expect(isBlocked({ ...quiet, changes: [] })).toBe(false);
});

describe('at a glance', () => {
  const told = (over: Partial<Preview>) => renderPreview({ ...quiet, ...over });

  test('that nothing differs is not told beside what stands in the way', () => {
    const problems = [{ path: 'adopt.firewall', message: 'It does not exist', remedy: 'Check the id' }];
    const text = told({ gaps: [], problems });
    expect(text).toContain('Problems:\n  It does not exist. Check the id.\n');
    expect(text).not.toContain('stays as it is');
    expect(told({})).toContain('No resource changes');
  });

  test('an adoption that begins says what is done from then on, one that lives does not', () => {
    expect(told({ gaps: [] })).toContain('from then on Gatehouse publishes');
    expect(told({ gaps: [], changes: [] })).toContain('No resource changes');
  });

  test('hints are for what does not stand yet', () => {
    const hints = ['The article does otherwise.'];
    expect(told({ hints, counts: { create: 8, modify: 0, none: 0, foreign: 0 } })).toContain('Hints:\n  The article');
    expect(told({ hints })).not.toContain('Hints');
  });
});

test('every sign is marked for whoever gives it a colour', () => {
  const marked: Paint = (role, text) => `<${role}>${text}</${role}>`;
  const text = renderPreview(withPublications(quiet, changed, articleSpec()), marked);
  expect(text).toContain('<create>+ shop/new 443/TCP');
  expect(text).toContain('<modify>~ shop/web 80/TCP');
  expect(text).toMatch(/<delete>- [^<]+<\/delete>: /);
  expect(text).toContain('<warning>Warnings</warning>:');
});
