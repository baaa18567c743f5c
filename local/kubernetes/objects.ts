import type { JsonObject } from './json.ts';

/** What every stored object carries. Times are RFC 3339 in whole seconds, as the API writes them. */
interface ObjectMeta extends JsonObject {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** The object with some of its metadata replaced; undefined takes a field out. */
export function withMetadata(object: KubernetesObject, changes: JsonObject): KubernetesObject {
  const metadata = Object.fromEntries(
    Object.entries({ ...object.metadata, ...changes }).filter(([, value]) => value !== undefined),
  ) as unknown as ObjectMeta;
  return { ...object, metadata };
}

/** A time (epoch ms) as the API writes it. */
export function timestamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
