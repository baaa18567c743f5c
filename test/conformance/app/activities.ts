import * as df from 'durable-functions';
import { passGate } from './gates.ts';

const failuresSoFar = new Map<string, number>();

/** Gives its input back. */
df.app.activity('echo', { handler: (input: unknown) => input });

/** Waits until the case opens `gate`, then gives the gate's name back. */
df.app.activity('hold', {
  handler: async (gate: string) => {
    await passGate(gate);
    return gate;
  },
});

/** Fails `failures` times per `key`, then says how many attempts it took. */
df.app.activity('flaky', {
  handler: ({ key, failures }: { key: string; failures: number }) => {
    const attempt = (failuresSoFar.get(key) ?? 0) + 1;
    failuresSoFar.set(key, attempt);
    if (attempt <= failures) throw new Error(`attempt ${attempt} failed`);
    return { attempts: attempt };
  },
});

/** Fails as a result object instead of an exception. */
df.app.activity('outcome', {
  handler: ({ value, works }: { value: number; works: boolean }) =>
    works ? { ok: true, value } : { ok: false, reason: `no ${value}` },
});
