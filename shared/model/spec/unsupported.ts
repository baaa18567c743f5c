import type { Problem } from '../problem.ts';
import type { Checked } from './checked.ts';
import type { SpecDraft } from './schema.ts';

interface Unsupported {
  readonly path: string;
  readonly used: (draft: SpecDraft) => boolean;
  readonly what: string;
  readonly remedy: string;
}

/** What a spec may say but nobody has built yet. It is refused, never ignored. */
const unsupported: readonly Unsupported[] = [
  {
    path: 'egress.apiServer',
    used: ({ egress, adopt }) => egress.apiServer && adopt !== undefined,
    what: 'a rule to the API servers of adopted clusters',
    remedy: 'Use false, and annotate such pods with kubernetes.azure.com/set-kube-service-host-fqdn.',
  },
];

export function unsupportedProblems({ draft, sound }: Checked): readonly Problem[] {
  return unsupported
    .filter(({ path, used }) => sound(path) && used(draft))
    .map(({ path, what, remedy }) => ({ path, message: `${what} is not supported yet`, remedy }));
}
