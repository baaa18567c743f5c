import type { Column } from './columns.ts';
import type { JsonObject } from './json.ts';
import type { KubernetesObject } from './objects.ts';
import { notAcceptable } from './statuses.ts';

/** In which form a caller takes objects. */
export type Representation = 'plain' | 'table';

/**
 * The form to answer in, by the Accept header: the first that this server has. kubectl asks for a Table without a
 * plain fallback, and `describe` for protobuf before JSON.
 */
export function representationOf(accept: string | undefined): Representation {
  for (const part of (accept ?? '*/*').split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const known = ['application/json', 'application/*', '*/*', 'application/yaml', 'text/*'].includes(type);
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (known && as === undefined) return 'plain';
    if (known && as === 'Table' && parameters.includes('v=v1')) return 'table';
  }
  throw notAcceptable();
}

export interface TableOptions {
  readonly now: number;
  /** What each row carries of its object: its metadata unless asked otherwise. */
  readonly includeObject: string | null;
  /** A watch names the columns once. */
  readonly withColumns: boolean;
}

/** A Table of objects, with the list's own metadata. */
export function tableOf(
  columns: readonly Column[],
  objects: readonly KubernetesObject[],
  metadata: JsonObject,
  { now, includeObject, withColumns }: TableOptions,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns
      ? columns.map(({ name, type, format, description, priority }) => ({ name, type, format, description, priority }))
      : [],
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      ...(includeObject === 'None' ? {} : { object: includeObject === 'Object' ? object : metadataOnly(object) }),
    })),
  };
}

function metadataOnly(object: KubernetesObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
