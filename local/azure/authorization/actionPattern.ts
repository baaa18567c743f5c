/** Whether an action is one that a role names. `*` stands for any number of characters, slashes included; case doesn't count. */
export function matchesAction(pattern: string, action: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i').test(action);
}
