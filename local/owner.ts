import type { Clock } from './clock.ts';

type Body = Readonly<Record<string, unknown>>;

/** Azure Resource Manager as an application, in every cloud. */
const ARM_APPLICATION = '797f4846-ba00-4fd7-ba43-dac1f8f63013';

/** Calls ARM: method, path with its api-version, body; answers what came back, once a write has ended. */
export type CallArm = (method: string, url: string, body?: Body) => Promise<unknown>;

/**
 * Calls local Azure as an owner of the subscription does, who has signed in with `az login`: somebody else than the app.
 *
 * @throws Error when local Azure refuses, and when an operation fails
 */
export async function owner({ origin }: { readonly origin: string }, clock: Clock): Promise<CallArm> {
  const answer = await fetch(`${origin}/tenant/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'an owner of the subscription',
      client_secret: 'any will do',
      scope: `${ARM_APPLICATION}/.default`,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (method, url, body) => {
    const response = await fetch(`${origin}${url}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
    const operation = response.headers.get('azure-asyncoperation');
    if (operation !== null) await ended(operation, headers, clock);
    return JSON.parse(text) as unknown;
  };
}

async function ended(operation: string, headers: Record<string, string>, clock: Clock): Promise<void> {
  for (;;) {
    const { status, error } = (await (await fetch(operation, { headers })).json()) as {
      status: string;
      error?: { message: string };
    };
    if (status === 'Succeeded') return;
    if (status === 'Failed' || status === 'Canceled') throw new Error(error?.message ?? status);
    await clock.sleep(5000);
  }
}
