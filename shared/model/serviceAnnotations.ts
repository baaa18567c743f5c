import { MAX_DNAT_PORT } from './natRule.ts';
import { shown } from './sourceRanges.ts';

/** What a service says to Gatehouse. */
export const annotationNames = {
  expose: 'gatehouse.dev/expose',
  ports: 'gatehouse.dev/ports',
  sources: 'gatehouse.dev/sources',
  frontend: 'gatehouse.dev/frontend',
} as const;

/** `gatehouse.dev/expose`: asked for, opted out, or neither. */
export type Expose =
  { readonly state: 'unset' | 'asked' | 'refused' } | { readonly state: 'invalid'; readonly reason: string };

/** `gatehouse.dev/ports`: only the ports that it lists are published. */
export type PortMap =
  | { readonly state: 'all' }
  | { readonly state: 'mapped'; readonly entries: readonly PortMapping[] }
  | { readonly state: 'invalid'; readonly reason: string };

interface PortMapping {
  readonly frontendPort: number;
  /** Name or number of the service port. */
  readonly target: string;
}

// Thousands of services say the same: they share these instead of having one each.
const unset: Expose = { state: 'unset' };
const asked: Expose = { state: 'asked' };
const optedOut: Expose = { state: 'refused' };
const allPorts: PortMap = { state: 'all' };

export function parseExpose(text: string | undefined): Expose {
  if (text === undefined) return unset;
  switch (text.trim().toLowerCase()) {
    case 'true':
      return asked;
    case 'false':
      return optedOut;
    default:
      return { state: 'invalid', reason: `${annotationNames.expose} is "${shown(text)}", neither "true" nor "false"` };
  }
}

/** `"8443:https,80:80"`: port on the frontend, then name or number of the service port. */
export function parsePortMap(text: string | undefined): PortMap {
  if (text === undefined) return allPorts;
  const invalid = (what: string): PortMap => ({ state: 'invalid', reason: `${annotationNames.ports} ${what}` });
  const entries: PortMapping[] = [];
  for (const item of text.split(',')) {
    const match = /^(\d{1,5}):([a-z0-9]([a-z0-9-]*[a-z0-9])?)$/.exec(item.trim());
    const frontendPort = Number(match?.[1]);
    const target = match?.[2];
    if (target === undefined) return invalid(`holds "${shown(item)}", which is not of the form 8443:https`);
    if (frontendPort < 1 || frontendPort > MAX_DNAT_PORT) {
      return invalid(`names the port ${frontendPort}; a frontend has ports 1 to ${MAX_DNAT_PORT}`);
    }
    if (entries.some((other) => other.target === target)) return invalid(`names the service port ${target} twice`);
    entries.push({ frontendPort, target });
  }
  return { state: 'mapped', entries };
}
