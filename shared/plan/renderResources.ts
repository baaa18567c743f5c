import type { Json } from '../model/json.ts';
import type { ResourceKind } from '../model/resource.ts';
import type { Paint, Role } from './paint.ts';
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

const roles: Readonly<Record<ResourceChange['action'], Role>> = {
  create: 'create',
  modify: 'modify',
  none: 'unchanged',
  foreign: 'foreign',
};

/** The resources of a plan for people, in lines: property by property, in the manner of ARM's what-if. */
export function renderResources(plan: Plan, paint: Paint): readonly string[] {
  const sections = groups.flatMap(({ title, kinds }) => {
    const resources = plan.resources.filter(({ kind }) => kinds.includes(kind));
    return resources.length === 0
      ? []
      : ['', paint('title', title), ...resources.flatMap((resource) => renderResource(resource, paint))];
  });
  return [
    `Environment ${plan.environment} in ${plan.location}, subscription ${plan.subscription}`,
    '',
    'Resource and property changes are indicated with these symbols:',
    `  ${[
      paint('delete', '- Delete'),
      paint('create', '+ Create'),
      paint('modify', '~ Modify'),
      paint('unchanged', '= Unchanged'),
      paint('foreign', '! Foreign, never written'),
    ].join('  ')}`,
    ...sections,
  ];
}

function renderResource({ id, action, differences }: ResourceChange, paint: Paint): readonly string[] {
  return [
    `  ${paint(roles[action], `${symbols[action]} ${typeAndName(id)}`)}`,
    ...differences.map((difference) => `      ${renderDifference(difference, paint)}`),
  ];
}

function renderDifference({ path, before, after }: Difference, paint: Paint): string {
  if (before === undefined) return `${paint('create', '+')} ${path}: ${shown(after)}`;
  if (after === undefined) return `${paint('delete', '-')} ${path}: ${shown(before)}`;
  return `${paint('modify', '~')} ${path}: ${shown(before)} => ${shown(after)}`;
}

/** More of a value than this is told as JSON only: a machine's cloud-init is longer than a screen. */
const MOST_SHOWN = 400;

function shown(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN / 10)}… (${text.length} characters)`;
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
