import { v5 as uuidV5 } from 'uuid';
import type { ServicePortRef, SkipCode } from '../model/publication.ts';
import type { ServiceList } from '../model/service.ts';
import type { PublicationPlan } from './publicationPlan.ts';

/** What the owner of a service should hear about one of its ports, as an event on the service. */
export interface ServiceNote {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  /** Of the service: events are found by it. */
  readonly uid: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'Published' | 'NotPublished' | 'PublicationConflict';
  readonly message: string;
  /** The note in eight hexadecimal digits: what has been told once is known by it. */
  readonly mark: string;
}

const NAME_SPACE = '0d3d7a0e-7d5e-5c3a-8f0b-51b1f2c6a9d4';
const MARK_LENGTH = 8;

/** What its owner wants just so, or what passes by itself within a minute. */
const unsaid: readonly SkipCode[] = [
  'being-deleted',
  'not-a-load-balancer',
  'foreign-load-balancer-class',
  'opted-out',
  'not-asked-for',
  'not-in-port-map',
  'no-address',
  'not-a-load-balancer-frontend',
  'load-balancers-unknown',
];

/**
 * What there is to say of the services as they stand: rules that are there, ports that have none, and ports that two want. What is about to
 * be written is said once it is there.
 */
export function serviceNotes(
  { unchanged, skipped, conflicts }: Pick<PublicationPlan, 'unchanged' | 'skipped' | 'conflicts'>,
  lists: readonly ServiceList[],
): readonly ServiceNote[] {
  const uids = new Map(
    lists.flatMap(({ cluster, services }) =>
      services.map(({ namespace, name, uid }) => [`${cluster}/${namespace}/${name}`, uid] as const),
    ),
  );
  const note = (
    { cluster, namespace, service, port, protocol }: ServicePortRef,
    said: Pick<ServiceNote, 'type' | 'reason' | 'message'>,
  ): readonly ServiceNote[] => {
    const uid = uids.get(`${cluster}/${namespace}/${service}`);
    // A list of another form, from inside of a private cluster, may have none.
    if (uid === undefined || uid === '') return [];
    const mark = uuidV5(JSON.stringify([uid, port, protocol, said.message]), NAME_SPACE).slice(0, MARK_LENGTH);
    return [{ cluster, namespace, service, uid, ...said, mark }];
  };
  return [
    ...unchanged.flatMap((one) => {
      const { frontend, port, protocol, sources } = one.rule;
      const who = sources.includes('*') ? 'everybody' : sources.join(', ');
      const message = `Port ${one.port} is published at ${frontend}:${port}/${protocol} for ${who}.`;
      return note(one, { type: 'Normal', reason: 'Published', message });
    }),
    ...skipped
      .filter(({ code }) => !unsaid.includes(code))
      .flatMap((one) =>
        note(one, {
          type: 'Warning',
          reason: 'NotPublished',
          message: `Port ${one.port} is not published: ${one.reason}`,
        }),
      ),
    ...conflicts.flatMap((one) => note(one, { type: 'Warning', reason: 'PublicationConflict', message: one.message })),
  ];
}

/** A burst of news is told over a few syncs; nobody reads more at once. */
const MAX_AT_ONCE = 20;

/** What of the notes a cluster's services have not been told, the first of it: what waits for another cluster takes no place. */
export function newsOf(notes: readonly ServiceNote[], cluster: string, told: string): readonly ServiceNote[] {
  const known = new Set(marksIn(told));
  return notes.filter((note) => note.cluster === cluster && !known.has(note.mark)).slice(0, MAX_AT_ONCE);
}

/** Marks as they are kept: one text, in which each has its fixed length. */
export const marksIn = (told: string): readonly string[] => told.match(/.{8}/g) ?? [];
