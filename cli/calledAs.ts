/**
 * The words that call this command once more, for whoever is told what to do next: in a clone npm runs it, and says so in the
 * environment (https://docs.npmjs.com/cli/using-npm/scripts#environment).
 */
export function calledAs(env: Readonly<Record<string, string | undefined>>): string {
  if (env['npm_lifecycle_event'] === 'gatehouse') return 'npm run gatehouse --';
  return env['npm_command'] === 'exec' ? 'npx gatehouse' : 'gatehouse';
}
