import { CommandError } from './commandError.ts';

/**
 * Signs in as whoever is signed in on this machine (`az login`, a workload identity in a pipeline, …). The library keeps a
 * token until it ends.
 *
 * @param scope of the app's registration, e.g. `api://gatehouse/.default`
 */
export function entraCredentials(scope: string): () => Promise<Readonly<Record<string, string>>> {
  let credential: { getToken(scope: string): Promise<{ readonly token: string } | null> } | undefined;
  return async () => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    credential ??= new DefaultAzureCredential();
    const answer = await credential.getToken(scope).catch((error: unknown) => {
      throw new CommandError(
        `No token for ${scope}: ${(error as Error).message.split('\n')[0] ?? ''}`,
        'Sign in with: az login',
        { cause: error },
      );
    });
    return { authorization: `Bearer ${answer?.token ?? ''}` };
  };
}
