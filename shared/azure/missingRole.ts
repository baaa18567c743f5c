import creator from '../../infra/roles/creator.json' with { type: 'json' };
import syncer from '../../infra/roles/syncer.json' with { type: 'json' };

/** Built-in roles that hold an action, the narrowest first that the app would use. */
const builtInRoles: readonly (readonly [RegExp, string])[] = [
  [/^Microsoft\.Authorization\//i, 'Role Based Access Control Administrator'],
  [/^Microsoft\.Network\//i, 'Network Contributor'],
  [/^Microsoft\.ContainerService\//i, 'Azure Kubernetes Service Contributor Role'],
  [/^Microsoft\.ManagedIdentity\/.*\/assign\/action$/i, 'Managed Identity Operator'],
  [/^Microsoft\.EventGrid\//i, 'EventGrid Contributor'],
];

/** Roles that hold an action: the narrower one of the app's own, and a built-in one for where those are not deployed. */
export function rolesWith(action: string): { readonly own?: string; readonly builtIn: string } {
  const holds = ({ actions }: { readonly actions: readonly string[] }) =>
    actions.some((one) => one.toLowerCase() === action.toLowerCase());
  const own = [syncer, creator].find(holds);
  const [, builtIn] = builtInRoles.find(([pattern]) => pattern.test(action)) ?? [undefined, 'Contributor'];
  return own === undefined ? { builtIn } : { own: own.name, builtIn };
}

/**
 * What to do about a 403 of ARM, which names client, action and scope in its text alone: `AuthorizationFailed` ("does not
 * have authorization to perform action '…' over scope '…'"), `LinkedAuthorizationFailed` ("has permission to perform action '…' …;
 * however, it does not have permission to perform action(s) '…' on the linked scope(s) '…'").
 *
 * @returns undefined where the text does not name both action and scope
 */
export function missingRole(message: string): string | undefined {
  const [, linked] = /linked scope(?:\(s\))? '([^',]+)/i.exec(message) ?? [];
  const [, scope = linked] = /over scope '([^',]+)/i.exec(message) ?? [];
  const [, objectId = "<object id of the app's identity>"] = /object id '([^']+)'/i.exec(message) ?? [];
  // Of a linked action the text names first the one that is allowed.
  const [, action] = /(?:not have|not fulfilled)[^']* perform action(?:\(s\))? '([^',]+)/i.exec(message) ?? [];
  const where = linked ?? scope;
  if (action === undefined || where === undefined) return undefined;
  if (/ABAC condition not fulfilled/i.test(message)) return unfulfilled(action, where);
  const { own, builtIn } = rolesWith(action);
  const condition = own === creator.name ? ' --condition-version 2.0 --condition @infra/roles/grants.condition' : '';
  return (
    `The app's identity lacks ${action} on ${where}: ` +
    `az role assignment create --assignee ${objectId} --role "${own ?? builtIn}" --scope ${assignable(where)}${condition}, then retry. ` +
    (own === undefined
      ? ''
      : `A deployment puts the app's name behind the role's; where it has none of it, "${builtIn}" holds the action. `) +
    'New assignments take some minutes to spread.'
  );
}

const unfulfilled = (action: string, scope: string): string =>
  `The condition on the role of the app's identity does not allow this ${action} on ${scope}: compare the condition of its ` +
  `"${creator.name}" (az role assignment list) with infra/roles/grants.condition, then retry.`;

/** What a provider offers in a location is no scope of its own: a role for it is assigned at the subscription. */
const assignable = (scope: string): string =>
  /^(\/subscriptions\/[^/]+)\/providers\/[^/]+(?:\/locations\/|$)/i.exec(scope)?.[1] ?? scope;
