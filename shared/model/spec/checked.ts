import type { SpecDraft } from './schema.ts';
import type { SpecContext } from './types.ts';

/** What the checks of relations look at. */
export interface Checked {
  /** Defaults stand where a field was unusable; ask `sound` before judging one. */
  readonly draft: SpecDraft;
  /** Whether the field at the dotted path is what the user wrote (or its default), not a stand-in for a broken one. */
  readonly sound: (path: string) => boolean;
  readonly input: unknown;
  readonly context: SpecContext;
}
