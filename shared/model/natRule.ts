import { v5 as uuidV5 } from 'uuid';

/** Protocols that a DNAT rule takes; `Any` would overlap both and is never written. */
export type DnatProtocol = 'TCP' | 'UDP';

/** One DNAT rule as Gatehouse writes it: one destination address, one port, one protocol. */
export interface DnatRule {
  /** As {@link dnatRuleName} makes it. */
  readonly name: string;
  /** A frontend of the firewall, a bare IPv4 address. */
  readonly frontend: string;
  /** The port on the frontend, 1–63999. */
  readonly port: number;
  readonly protocol: DnatProtocol;
  /** Canonical CIDRs, or `*` alone; never empty. */
  readonly sources: readonly string[];
  /** The load balancer's frontend IP, a bare IPv4 address. */
  readonly translatedAddress: string;
  /** The service port, 1–63999. */
  readonly translatedPort: number;
}

/** Azure takes no DNAT port above it. */
export const MAX_DNAT_PORT = 63_999;

/** What a rule's name is made from. */
export interface DnatRuleKey {
  /** Without a dot, as AKS names clusters. */
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  /** The service port. */
  readonly port: number;
  readonly protocol: string;
}

const MAX_NAME_LENGTH = 80;
const HASH_LENGTH = 12;
const NAME_SPACE = '5f0d4c0e-7a53-5c1f-9a37-2c7f0b6f5d11';

/**
 * `cluster.namespace.service.port.protocol`, within Azure's rule of names (≤ 80 of letters, digits, `_`, `.` and `-`). None
 * of the parts can hold a dot, so no two keys share a name, however many dashes they have. What would be longer is cut and
 * ends in `_` and a hash of the whole; a full name ends in its protocol instead, so the two never meet. The cluster, at
 * most 63 characters, always survives the cut.
 */
export function dnatRuleName({ cluster, namespace, service, port, protocol }: DnatRuleKey): string {
  const full = `${cluster}.${namespace}.${service}.${port}.${protocol}`.toLowerCase();
  if (full.length <= MAX_NAME_LENGTH) return full;
  const hash = uuidV5(full, NAME_SPACE).replaceAll('-', '').slice(0, HASH_LENGTH);
  return `${full.slice(0, MAX_NAME_LENGTH - HASH_LENGTH - 1)}_${hash}`;
}

const fullName = /^[a-z0-9][a-z0-9_-]*\.[a-z0-9-]+\.[a-z0-9-]+\.\d{1,5}\.(tcp|udp)$/;
const cutName = /^[a-z0-9][a-z0-9_-]*\.[a-z0-9.-]+_[0-9a-f]{12}$/;

/**
 * The cluster (lower-case) whose service the rule of this name stands for.
 *
 * @returns undefined for a name that Gatehouse doesn't give
 */
export function clusterOfRuleName(name: string): string | undefined {
  const lower = name.toLowerCase();
  const ours = fullName.test(lower) || (lower.length === MAX_NAME_LENGTH && cutName.test(lower));
  return ours ? lower.slice(0, lower.indexOf('.')) : undefined;
}
