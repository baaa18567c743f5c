import { groupId, type ResourcePath } from '../resourceId.ts';

/** What a principal must be allowed, and where. */
export interface NeededAction {
  /** As Azure's roles name it, e.g. `Microsoft.Network/virtualNetworks/write`; types as the request spells them. */
  readonly action: string;
  /** Full ARM id of what it is done to; of a list, what it is a list of. */
  readonly scope: string;
}

/** What stands in a path below a subscription or a group without a provider, and what reading it is called. */
const scopeReads: Readonly<Record<string, string>> = {
  locations: 'subscriptions/locations',
  resourcegroups: 'subscriptions/resourceGroups',
  resources: 'subscriptions/resources',
  providers: 'subscriptions/providers',
  operationresults: 'subscriptions/operationresults',
};

const verbs: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/**
 * The action of a request, by the rule that all resource providers follow: read, write or delete of the type in the path; a POST
 * is an action called like the last segment (https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations,
 * read 2026-11). Microsoft.Resources names what is above resources in its own way.
 */
export function neededAction(method: string, pathname: string, path: ResourcePath): NeededAction {
  const { namespace, types, names, scope } = path;
  const verb = verbs[method] ?? 'action';
  if (namespace === undefined) return scopeAction(verb, pathname, path);
  if (types.length === 0) return { action: `Microsoft.Resources/subscriptions/providers/${verb}`, scope };
  // What a path ends in without a name is a list of what is before it, or an action on it.
  const isNamed = names.length === types.length;
  const owner = types.length === 1 ? scope : pathname.slice(0, pathname.lastIndexOf('/'));
  return { action: `${namespace}/${types.join('/')}/${verb}`, scope: isNamed ? pathname : owner };
}

function scopeAction(verb: string, pathname: string, { subscription, group }: ResourcePath): NeededAction {
  const tail = pathname.split('/').filter((segment) => segment !== '');
  if (group === undefined) {
    const what = scopeReads[(tail[2] ?? '').toLowerCase()] ?? 'subscriptions';
    return { action: `Microsoft.Resources/${what}/${verb}`, scope: `/subscriptions/${subscription}` };
  }
  const below = tail[4] === undefined ? '' : '/resources';
  return {
    action: `Microsoft.Resources/subscriptions/resourceGroups${below}/${verb}`,
    scope: groupId(subscription, group),
  };
}

/**
 * Whether ARM asks nobody's roles: how an operation goes may be looked at by whoever has its URL, so a role on one resource group is
 * enough to follow what was begun there, though operations lie at the subscription. (Inferred: roles on groups alone do follow them.)
 */
export const isOperationResult = ({ types }: ResourcePath): boolean =>
  types[0]?.toLowerCase() === 'locations' && /operation(?:s|results)$/i.test(types[1] ?? '');
