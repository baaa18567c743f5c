import type { ProblemKindName } from '../shared/model/problemKinds.ts';

const TYPE_PREFIX = 'urn:gatehouse:problem:';

/** What to do about a kind of problem by this command, where the app's own remedy speaks of HTTP; each begins a sentence. */
const remedies: Readonly<Partial<Record<ProblemKindName, (command: string, name: string) => string>>> = {
  'not-signed-in': (command) => `Sign in: az login; then: ${command} profile set NAME --url URL --entra SCOPE`,
  'environment-not-found': (command) => `See those that exist with: ${command} list`,
  'grant-not-found': (command, name) =>
    `See those that exist with: ${command} status ${name}; take one that the spec gives out of the spec`,
  'held-plan-changed': (command, name) =>
    `See what is held now with: ${command} services ${name}; then: ${command} approve ${name}`,
  'being-deleted': (command, name) =>
    `See how far it has got with: ${command} status ${name}; build it again once it is gone, with: ${command} up -f SPEC`,
  'environment-exists': (command) => `Change it with: ${command} up -f SPEC; or choose another name`,
  'environment-gone': (command) => `Build it again with: ${command} up -f SPEC`,
};

/**
 * @param type of a problem document: `urn:gatehouse:problem:…`
 * @param command the words that call this command
 * @param name of the environment that was asked for
 * @returns undefined where the app's own remedy will do
 */
export function remedyByCommand(type: string | undefined, command: string, name = 'NAME'): string | undefined {
  const kind = type?.startsWith(TYPE_PREFIX) === true ? type.slice(TYPE_PREFIX.length) : '';
  return (remedies as Readonly<Record<string, (command: string, name: string) => string>>)[kind]?.(command, name);
}
