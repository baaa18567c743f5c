import { isAddress, isCanonical, parseRange } from '../ipv4.ts';
import type { BalancedService } from '../clusterHost.ts';

const ALLOWED_RANGES = 'service.beta.kubernetes.io/azure-allowed-ip-ranges';
const ALLOWED_TAGS = 'service.beta.kubernetes.io/azure-allowed-service-tags';
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/**
 * Who may come in by what a service says: undefined when it says nothing, else prefixes and service tags. Ranges that
 * aren't any close the service, as the cloud provider does: it never opens what it can't read.
 *
 * @throws Error when the service says it twice
 */
export function allowedSources(service: BalancedService): readonly string[] | undefined {
  const { annotations, name, namespace } = service;
  const own = annotations[SOURCE_RANGES];
  const spec = service.sourceRanges.length > 0 || own === undefined ? service.sourceRanges : listed(own);
  const annotated = listed(annotations[ALLOWED_RANGES]);
  const tags = listed(annotations[ALLOWED_TAGS]);
  if (spec.length > 0 && annotated.length > 0) {
    throw new Error(
      `Both ${ALLOWED_RANGES} and spec.loadBalancerSourceRanges of ${namespace}/${name} are set: use one of them.`,
    );
  }
  const ranges = [...spec, ...annotated];
  if (ranges.length + tags.length === 0) return undefined;
  const readable = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && (isAddress(text) || isCanonical(range));
  });
  return readable.length < ranges.length ? tags : [...ranges, ...tags];
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
