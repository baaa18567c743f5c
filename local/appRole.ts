import { readFileSync } from 'node:fs';
import type { Permission } from './azure/authorization/permission.ts';

/**
 * A role in infra/roles, with the condition that the deployment puts on its assignment. Creator is all that the app needs; syncer
 * is the part of it that an environment needs once it stands. Read from the working directory, which npm makes the repository's.
 */
export function appRole(role: 'creator' | 'syncer'): Permission {
  const file = (name: string) => readFileSync(`infra/roles/${name}`, 'utf8');
  return { ...(JSON.parse(file(`${role}.json`)) as Permission), condition: file('grants.condition') };
}
