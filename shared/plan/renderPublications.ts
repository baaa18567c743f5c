import type { Publication } from '../model/publication.ts';
import { counted } from '../model/sentences.ts';
import type { Paint } from './paint.ts';
import type { PreviewedPublications } from './previewedPublications.ts';

/** What a sync would do to the rules of services, for people, in lines. */
export function renderPublications(publications: PreviewedPublications, paint: Paint): readonly string[] {
  const { created, updated, deleted, kept, unchanged, skipped } = publications;
  const lines = [
    ...created.map((one) => `  ${paint('create', `+ ${portOf(one)}: ${wayOf(one)}`)}`),
    ...updated.map((one) => `  ${paint('modify', `~ ${portOf(one)}: ${wayOf(one)}`)} (${one.changed.join(', ')})`),
    ...deleted.map(({ name, reason }) => `  ${paint('delete', `- ${name}`)}: ${reason}`),
    // Why they are held is told once, among the warnings.
    ...kept.map(
      ({ name, code, reason }) =>
        `  ${paint('unchanged', `= ${name}`)} ${code === 'held' ? 'is held' : `stays: ${reason}`}`,
    ),
  ];
  const counts = `${created.length} to create, ${updated.length} to modify, ${deleted.length} to delete, ${unchanged} unchanged`;
  const without = skipped === 0 ? '' : `; ${counted(skipped, 'service port')} without one`;
  return ['', paint('title', 'Published services'), ...lines, `  Rules: ${counts}${without}.`];
}

const portOf = ({ cluster, namespace, service, port, protocol }: Publication): string =>
  `${namespace}/${service} ${port}/${protocol} of ${cluster}`;

const wayOf = ({ rule }: Publication): string =>
  `${rule.frontend}:${rule.port} => ${rule.translatedAddress}:${rule.translatedPort} from ${rule.sources.join(', ')}`;
