/** Built-in roles that hold an action, the narrowest first that the app would use. */
const roles: readonly (readonly [RegExp, string])[] = [
  [/^Microsoft\.Authorization\//i, 'Role Based Access Control Administrator'],
  [/^Microsoft\.Network\//i, 'Network Contributor'],
  [/^Microsoft\.ContainerService\//i, 'Azure Kubernetes Service Contributor Role'],
  [/^Microsoft\.ManagedIdentity\/.*\/assign\/action$/i, 'Managed Identity Operator'],
  [/^Microsoft\.EventGrid\//i, 'EventGrid Contributor'],
];

/**
 * What to do about a 403 of ARM, which names client, action and scope in its text alone: `AuthorizationFailed` ("does not
 * have authorization to perform action '…' over scope '…'"), `LinkedAuthorizationFailed` ("… to perform action(s) '…' on the
 * linked scope(s) '…'").
 *
 * @returns undefined where the text does not name both action and scope
 */
export function missingRole(message: string): string | undefined {
  const [, action] = /perform action(?:\(s\))? '([^',]+)/i.exec(message) ?? [];
  const [, linked] = /linked scope(?:\(s\))? '([^',]+)/i.exec(message) ?? [];
  const [, scope = linked] = /over scope '([^',]+)/i.exec(message) ?? [];
  const [, objectId = "<object id of the app's identity>"] = /object id '([^']+)'/i.exec(message) ?? [];
  const where = linked ?? scope;
  if (action === undefined || where === undefined) return undefined;
  const [, role] = roles.find(([pattern]) => pattern.test(action)) ?? [undefined, 'Contributor'];
  return (
    `The app's identity lacks ${action} on ${where}: ` +
    `az role assignment create --assignee ${objectId} --role "${role}" --scope ${where}, then retry. ` +
    'New assignments take some minutes to spread.'
  );
}
