import { parseEnvironmentSpec, type EnvironmentSpec } from '../../shared/model/environmentSpec.ts';

/** The settings of the local cloud, as far as a spec is judged against them. */
export const specContext = {
  subscription: '00000000-0000-0000-0000-0000000000aa',
  allowedScopes: ['/subscriptions/00000000-0000-0000-0000-0000000000aa'],
  outboundRanges: ['203.0.113.10/32'],
};

/** A parsed spec with all defaults: the article's environment, where nothing else is said. */
export function articleSpec(changes: object = {}): EnvironmentSpec {
  const result = parseEnvironmentSpec({ name: 'aks-egress', ...changes }, specContext);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.spec;
}

/** A jumpbox, as little as a spec says of it; the key is anybody's. */
export const aJumpbox = {
  sshKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Yl4uP0zSxvRjHoKp9m2eQ7tYwN3cVfGd5bXaL6iUr alice',
  sources: ['203.0.113.0/24'],
};
