import { isJsonObject, isList, stringAt, type Json, type JsonObject } from '../model/json.ts';
import { incomplete, type RawServiceList } from './serviceList.ts';

/** Says that the command ran to its end; a line of its own, which no value can hold. */
const SENTINEL = 'gatehouse:complete';

/** Order matters: the projection writes them, the parser reads them. */
const columns = [
  'metadata.namespace',
  'metadata.name',
  'metadata.uid',
  'metadata.creationTimestamp',
  'metadata.deletionTimestamp',
  'spec.type',
  'spec.loadBalancerClass',
  'spec.ports',
  'spec.loadBalancerSourceRanges',
  'status.loadBalancer.ingress',
  'metadata.annotations',
] as const;

const row = `${columns.map((column) => `{.${column}}`).join('{"\\t"}')}{"\\n"}`;
const rows = (filter: string) => `{range .items[?(${filter})]}${row}{end}`;

/**
 * What to run inside a cluster whose API server can't be reached: one kubectl call (which pages by itself), one line per
 * service of type LoadBalancer with what a publication depends on, then the sentinel. The services named `kubernetes` are
 * there as well: `default/kubernetes` always exists, so that an empty answer is known for one that is wrong.
 *
 * jsonpath, since whole services would fill the 512 KB that `runCommand` keeps of an output with some 700 of them, while
 * the plain text of custom columns or Go templates lets an annotation with a line break forge the row of another service.
 * jsonpath prints maps and lists as JSON, so a line break or tab in them is escaped, and the other columns can't hold any.
 */
export const serviceProjectionCommand = `kubectl get services --all-namespaces --output=jsonpath='${rows(
  '@.metadata.name=="kubernetes"',
)}${rows('@.spec.type=="LoadBalancer"')}' && echo ${SENTINEL}`;

/**
 * The services that the command's output tells of, in the API server's shape.
 *
 * @param exitCode of the command; kubectl fails with 1 and prints why
 */
export function parseServiceProjection(output: string, exitCode: number): RawServiceList {
  const lines = output.split(/\r?\n/).filter((line) => line !== '');
  if (exitCode !== 0) {
    const message = lines.at(-1)?.slice(0, 300) ?? 'no message';
    const forbidden = /\bforbidden\b/i.test(message);
    return incomplete('failed', forbidden ? 'forbidden' : 'unreachable', `kubectl in the cluster failed: ${message}`);
  }
  if (lines.at(-1) !== SENTINEL) {
    const reason = 'The list of services that was read through the cluster breaks off: no closing sentinel.';
    return incomplete(lines.length > 0 ? 'partial' : 'failed', 'partial', reason);
  }
  const items = lines.slice(0, -1).map(serviceOf);
  if (items.includes(undefined)) {
    return incomplete('partial', 'partial', 'The list of services that was read through the cluster is garbled.');
  }
  // A LoadBalancer service that happens to be named kubernetes is in both ranges.
  const distinct = new Map(items.flatMap((item) => (item === undefined ? [] : [[keyOf(item), item] as const])));
  return { state: 'complete', items: [...distinct.values()] };
}

function serviceOf(line: string): JsonObject | undefined {
  const cells = line.split('\t');
  if (cells.length !== columns.length) return undefined;
  const [namespace, name, uid, creationTimestamp, deletionTimestamp, type, loadBalancerClass, ...json] = cells;
  const [ports, loadBalancerSourceRanges, ingress, annotations] = json.map(value);
  if (json.some((cell) => value(cell) === null)) return undefined;
  return {
    metadata: { namespace, name, ...given({ uid, creationTimestamp, deletionTimestamp, annotations }) },
    spec: { type, ...given({ loadBalancerClass, ports, loadBalancerSourceRanges }) },
    status: { loadBalancer: given({ ingress }) },
  };
}

/** A map or list; undefined for an empty cell, which is one that is absent, and null for what is neither. */
function value(cell: string): Json | undefined {
  if (cell === '') return undefined;
  try {
    const json = JSON.parse(cell) as Json;
    return isJsonObject(json) || isList(json) ? json : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const given = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, content]) => content !== undefined && content !== ''));

const keyOf = ({ metadata }: JsonObject) =>
  `${stringAt(metadata, 'namespace') ?? ''}/${stringAt(metadata, 'name') ?? ''}`;
