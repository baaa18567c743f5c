/**
 * An ARM path, taken apart: `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}/…`. Names keep
 * their spelling; compare them with `sameId` or by lower case, as ARM does.
 */
export interface ResourcePath {
  readonly subscription: string;
  readonly group?: string;
  /** What stands before the last `/providers/`: a subscription, a resource group or, for extensions, a resource. */
  readonly scope: string;
  readonly namespace?: string;
  /** `['virtualNetworks', 'subnets']`; one longer than `names` when the path is a collection or an action. */
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/** Takes a path apart; undefined when it isn't below a subscription or is malformed. */
export function parsePath(path: string): ResourcePath | undefined {
  if (!isWellEncoded(path)) return undefined;
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  if (segments[0]?.toLowerCase() !== 'subscriptions' || segments[1] === undefined) return undefined;
  const subscription = segments[1];
  const lower = segments.map((segment) => segment.toLowerCase());
  const group = lower[2] === 'resourcegroups' ? segments[3] : undefined;
  const providers = lastProviders(lower);
  const scopeSegments = providers < 0 ? segments : segments.slice(0, providers);
  const rest = providers < 0 ? [] : segments.slice(providers + 2);
  return {
    subscription,
    ...(group === undefined ? {} : { group }),
    scope: `/${scopeSegments.join('/')}`,
    ...(providers < 0 || segments[providers + 1] === undefined ? {} : { namespace: segments[providers + 1] ?? '' }),
    types: rest.filter((_, index) => index % 2 === 0),
    names: rest.filter((_, index) => index % 2 === 1),
  };
}

function isWellEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** `providers` counts only where ARM puts it: at an even position, so that a resource may be called "providers". */
function lastProviders(lower: readonly string[]): number {
  for (let index = lower.length - 1; index >= 2; index--) {
    if (lower[index] === 'providers' && index % 2 === 0) return index;
  }
  return -1;
}

export function groupId(subscription: string, group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Whether `id` lies below `ancestor`, children and extensions included. */
export function isBelow(id: string, ancestor: string): boolean {
  return id.toLowerCase().startsWith(`${ancestor.toLowerCase()}/`);
}

export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The id of the resource a child such as a subnet belongs to. */
export function parentId(childId: string): string {
  return childId.split('/').slice(0, -2).join('/');
}

/** The resource group's name within an id, or an empty string. */
export function groupOf(id: string): string {
  return parsePath(id)?.group ?? '';
}
