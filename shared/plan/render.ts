import type { Json } from '../model/json.ts';
import type { ResourceKind } from '../model/resource.ts';
import type { Plan, ResourceChange } from './plan.ts';
import type { Difference } from './resourcePlan.ts';

const groups: readonly { readonly title: string; readonly kinds: readonly ResourceKind[] }[] = [
  {
    title: 'Network',
    kinds: ['resourceGroup', 'virtualNetwork', 'subnet', 'publicIpPrefix', 'publicIp', 'routeTable'],
  },
  { title: 'Firewall', kinds: ['firewallPolicy', 'ruleCollectionGroup', 'firewall'] },
  { title: 'Cluster', kinds: ['cluster', 'roleAssignment'] },
  { title: 'Jumpbox', kinds: ['networkInterface', 'virtualMachine'] },
];

const symbols: Readonly<Record<ResourceChange['action'], string>> = {
  create: '+',
  modify: '~',
  none: '=',
  foreign: '!',
};

/** The plan for people, property by property, in the manner of ARM's what-if. Ends in a newline. */
export function renderPlan(plan: Plan): string {
  const sections = groups.flatMap(({ title, kinds }) => {
    const resources = plan.resources.filter(({ kind }) => kinds.includes(kind));
    return resources.length === 0 ? [] : ['', title, ...resources.flatMap(renderResource)];
  });
  const lines = [
    `Environment ${plan.environment} in ${plan.location}, subscription ${plan.subscription}`,
    '',
    'Resource and property changes are indicated with these symbols:',
    '  - Delete  + Create  ~ Modify  = Unchanged  ! Foreign, never written',
    ...sections,
    '',
    ...renderSummary(plan),
    ...renderNotes('Warnings', plan.warnings),
    ...renderNotes('Hints', plan.hints),
    ...renderNotes(
      'Conflicts',
      plan.conflicts.map(({ message, remedy }) => `${message}. ${remedy}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function renderSummary({ counts, firewallWrites, expectedMinutes }: Plan): readonly string[] {
  const { create, modify, none, foreign } = counts;
  if (create + modify + foreign === 0) return ['No changes: every resource is as the spec wants it.'];
  return [
    `Resource changes: ${create} to create, ${modify} to modify, ${none} unchanged, ${foreign} foreign.`,
    `Firewall writes: ${firewallWrites}. Expected time: ${expectedMinutes} minutes.`,
  ];
}

function renderResource({ id, action, differences }: ResourceChange): readonly string[] {
  return [
    `  ${symbols[action]} ${typeAndName(id)}`,
    ...differences.map((difference) => `      ${renderDifference(difference)}`),
  ];
}

function renderDifference({ path, before, after }: Difference): string {
  if (before === undefined) return `+ ${path}: ${shown(after)}`;
  if (after === undefined) return `- ${path}: ${shown(before)}`;
  return `~ ${path}: ${shown(before)} => ${shown(after)}`;
}

function shown(value: Json | undefined): string {
  return JSON.stringify(value) ?? '';
}

/** `Microsoft.Network/virtualNetworks/aks-egress-vnet`; what is attached to another resource says so. */
function typeAndName(id: string): string {
  const [scope = '', ...parts] = id.split('/providers/');
  const last = parts.at(-1);
  if (last === undefined) return `Microsoft.Resources/resourceGroups/${nameIn(scope)}`;
  return parts.length === 1 ? last : `${last} on ${nameIn(parts.at(-2) ?? '')}`;
}

function nameIn(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

function renderNotes(title: string, notes: readonly string[]): readonly string[] {
  return notes.length === 0 ? [] : ['', `${title}:`, ...notes.map((note) => `  ${note}`)];
}
