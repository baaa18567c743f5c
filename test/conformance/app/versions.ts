import * as df from 'durable-functions';
import type { Steps } from './signals.ts';

/** Gives the version its instance runs as, before and after continueAsNew. */
df.app.orchestration('versioned', function* (context): Steps<unknown> {
  const seen = context.df.getInput<{ seen?: unknown[] } | null>()?.seen ?? [];
  yield context.df.callActivity('echo', 'one turn');
  const versions = [...seen, context.df.version];
  if (versions.length === 2) return versions;
  context.df.continueAsNew({ seen: versions });
  return undefined;
});

/** Gives the versions of a sub-orchestration with and without one of its own. */
df.app.orchestration('versionedParent', function* (context): Steps<unknown> {
  const inherited = yield context.df.callSubOrchestrator('versioned');
  const explicit = yield context.df.callSubOrchestrator('versioned', null, undefined, '0.5');
  return { own: context.df.version, inherited, explicit };
});
